/* Where ticks stand and how numbers are written.
 *
 * Linear ticks are at 1, 2 or 5 times a power of ten; log ticks at powers of ten, or at 1, 2
 * and 5 times one where the range is shorter than two decades. Numbers use the true minus, U+2212,
 * and a decimal point whatever the locale.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum { DUB_MAX_TICKS = 32 };

/* The smallest step of 1, 2, 5 × 10^k that puts at most @max_ticks >= 2 ticks into [low, high]. */
double dub_ticks_step          (double  low,
                                double  high,
                                int     max_ticks);
/* Ticks inside [low, high]; returns how many. */
int    dub_ticks_linear        (double  low,
                                double  high,
                                int     max_ticks,
                                double  ticks[DUB_MAX_TICKS]);
int    dub_ticks_log           (double  low,
                                double  high,
                                int     max_ticks,
                                double  ticks[DUB_MAX_TICKS]);

/* Text is (transfer full). */
/* "−0.25": fixed decimals; "–" for NaN; never a negative zero. */
char  *dub_number_format       (double  value,
                                int     decimals);
/* "+30.0", "−9.0", "0.0" */
char  *dub_number_format_signed (double value,
                                int     decimals);
/* At most @digits significant digits; "4.71 × 10⁻⁶" outside of [1e-3, 1e5). */
char  *dub_number_format_short (double  value,
                                int     digits);
/* The shortest ASCII form that reads back as the same double, for tables of numbers; "" for NaN and infinity. */
char  *dub_number_format_exact (double  value);
/* A comma and that form: the next cell of a table. */
void   dub_number_append_cell  (GString *text,
                                double   value);
/* A tick of a linear axis with steps of @step; all ticks of an axis have one number of decimals. */
char  *dub_tick_format_linear  (double  value,
                                double  step);
/* "10⁻²"; "1" and "10" are written out; "0.5" between the powers. */
char  *dub_tick_format_log     (double  value);

G_END_DECLS
