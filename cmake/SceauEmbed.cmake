# sceau_embed(TARGET HEADER_NAMESPACE FUNCTION FILE...)
# Makes FUNCTION(): the list of {name, text} of the files, compiled into TARGET.
function(sceau_embed target namespace function)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${function}.embedded.cc)
  set(inputs "")
  foreach(file ${ARGN})
    get_filename_component(path ${file} ABSOLUTE)
    list(APPEND inputs ${path})
  endforeach()
  string(REPLACE ";" "|" joined "${inputs}")
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DNAMESPACE=${namespace} -DFUNCTION=${function}
            "-DINPUTS=${joined}" -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${inputs} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
