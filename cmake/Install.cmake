# What `cmake --install` puts where, and how others find it:
#   find_package(zeropoint)   zeropoint::zeropoint (the C++ library, static) and zeropoint::c (the C ABI, shared)
#   pkg-config                zeropoint (the C ABI) and zeropoint_cpp
# tests/install builds a consumer of each.
include(CMakePackageConfigHelpers)

set(config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/zeropoint)
set(config_build ${PROJECT_BINARY_DIR}/cmake)

set_target_properties(zeropoint_cpp PROPERTIES EXPORT_NAME zeropoint)
set_target_properties(zeropoint PROPERTIES EXPORT_NAME c)
install(TARGETS zeropoint_cpp zeropoint EXPORT zeropoint_targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(EXPORT zeropoint_targets NAMESPACE zeropoint:: DESTINATION ${config_folder} FILE zeropointTargets.cmake)
install(DIRECTORY include/zeropoint capi/include/zeropoint DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
if(ZEROPOINT_BUILD_CLI)
  install(TARGETS zeropoint_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_package_config_file(cmake/zeropointConfig.cmake.in ${config_build}/zeropointConfig.cmake
                              INSTALL_DESTINATION ${config_folder})
# Before 1.0 a minor release may change the API.
write_basic_package_version_file(${config_build}/zeropointConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${config_build}/zeropointConfig.cmake ${config_build}/zeropointConfigVersion.cmake DESTINATION ${config_folder})

foreach(name zeropoint zeropoint_cpp)
  configure_file(cmake/${name}.pc.in ${config_build}/${name}.pc @ONLY)
  install(FILES ${config_build}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()

if(ZEROPOINT_BUILD_TESTS AND NOT ZEROPOINT_SANITIZE)
  add_test(NAME install COMMAND ${PROJECT_SOURCE_DIR}/tests/install/run.sh ${PROJECT_BINARY_DIR})
endif()
