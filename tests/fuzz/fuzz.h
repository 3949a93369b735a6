/* The entry point that libFuzzer, or driver.c in its place, calls with bytes of any kind. */
#pragma once

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *bytes,
                            size_t         n_bytes);
