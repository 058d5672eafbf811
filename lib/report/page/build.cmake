# Bundles the page; run by the build (lib/report/CMakeLists.txt).
#
#   cmake -D NODE=... -D NPM=... -D SOURCE=<this folder> -D BUILD=<folder> -D OUTPUT=<.cpp> -D OPTIONAL=ON|OFF -P build.cmake
#
# npm installs the libraries into BUILD, once for each package-lock.json; the source tree stays as it is. With OPTIONAL,
# packages that cannot be had leave the library without the page, with a warning.

file(MAKE_DIRECTORY ${BUILD})

function(run message)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${BUILD} RESULT_VARIABLE result OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(result EQUAL 0)
    return()
  endif()
  if(NOT OPTIONAL OR NOT message STREQUAL "npm ci")
    message(FATAL_ERROR "${message}:\n${text}")
  endif()
  message(WARNING "the HTML page of reports is left out (-DZEROPOINT_REPORT_PAGE=ON makes this an error), since npm ci failed:\n${text}")
  if(NOT EXISTS ${OUTPUT})
    file(WRITE ${OUTPUT} "#include \"report/page_template.h\"\nabsl::string_view zeropoint::report::PageTemplate() { return {}; }\n")
  endif()
  set(failed TRUE PARENT_SCOPE)
endfunction()

file(SHA256 ${SOURCE}/package-lock.json wanted)
set(installed "")
if(EXISTS ${BUILD}/installed.txt)
  file(READ ${BUILD}/installed.txt installed)
endif()
if(NOT installed STREQUAL wanted)
  file(COPY ${SOURCE}/package.json ${SOURCE}/package-lock.json DESTINATION ${BUILD})
  # No package's own scripts: the bundler works without its.
  run("npm ci" ${NPM} ci --ignore-scripts --no-audit --no-fund --prefer-offline)
  if(failed)
    return()
  endif()
  file(WRITE ${BUILD}/installed.txt ${wanted})
endif()

run("bundling the page" ${NODE} ${SOURCE}/build.mjs ${BUILD} ${OUTPUT})
file(TOUCH ${BUILD}/page.stamp)
