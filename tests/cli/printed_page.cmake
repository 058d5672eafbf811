# Fails when DOCUMENT is not what `zeropoint VERB --markdown` prints.
execute_process(COMMAND ${COMMAND} ${VERB} --markdown OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
file(READ ${DOCUMENT} written)
if(NOT printed STREQUAL written)
  message(FATAL_ERROR "${DOCUMENT} is out of date: run `make docs`")
endif()
