# Read when llama.cpp is built: the sources of each target are compiled together, which takes a quarter of the time.
# Those of llama-common cannot be (they specialise templates that others of them have used already).
cmake_language(DEFER DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
  CALL set_target_properties llama-common PROPERTIES UNITY_BUILD OFF)
