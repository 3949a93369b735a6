/* DUB_CLONES: compiles a hot loop once per x86-64 level and picks one at start.
 *
 * The loops stand in files that their folder's meson.build compiles with -O3.
 * Sanitised builds get the plain function: their run time is not ready when the
 * choice is made. Clang before 17 calls the chosen function NAME.ifunc, which no
 * other file finds: it gets the plain function, too.
 */
#pragma once

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(undefined_behavior_sanitizer) || __has_feature(thread_sanitizer)
#define DUB_SANITIZED 1
#endif
#endif

#if defined(__clang__)
#if __clang_major__ < 17
#define DUB_NO_CLONES 1
#endif
#endif

#if defined(__x86_64__) && !defined(DUB_NO_CLONES) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(DUB_SANITIZED)
#define DUB_CLONES __attribute__ ((target_clones ("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define DUB_CLONES
#endif
