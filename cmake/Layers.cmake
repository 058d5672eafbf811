# zeropoint_layer(<name> [DEPS <layers>] [LINK <libraries>] [SOURCES <files>])
#
# One object library for a folder of lib/. DEPS are the layers it may include, as docs/architecture.md draws them;
# tests/lint/check_includes.py proves that no other is.
function(zeropoint_layer name)
  cmake_parse_arguments(layer "" "" "DEPS;LINK;SOURCES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(NOT sources)
    message(STATUS "layer ${name} has no sources yet")
    file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/empty.cpp "")
    set(sources ${CMAKE_CURRENT_BINARY_DIR}/empty.cpp)
  endif()
  add_library(zp_${name} OBJECT ${sources} ${layer_SOURCES})
  target_include_directories(zp_${name} PUBLIC ${PROJECT_SOURCE_DIR}/lib)
  list(TRANSFORM layer_DEPS PREPEND zp_)
  target_link_libraries(zp_${name} PUBLIC ${layer_DEPS} absl::status absl::statusor absl::strings absl::span ${layer_LINK})
  set_property(GLOBAL APPEND PROPERTY ZEROPOINT_LAYERS zp_${name})
endfunction()
