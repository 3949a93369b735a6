#include "ui/figures/ticks.h"

#include <math.h>
#include <string.h>

#define MINUS "\xe2\x88\x92"
#define EN_DASH "\xe2\x80\x93"
#define INFINITE "\xe2\x88\x9e"

static const char *const SUPERSCRIPTS[10] = { "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹" };

double
dub_ticks_step (double low,
                double high,
                int    max_ticks)
{
  static const double FACTORS[] = { 1.0, 2.0, 5.0, 10.0 };
  double span = high - low;

  if (!(span > 0.0) || !isfinite (span))
    return 1.0;
  max_ticks = CLAMP (max_ticks, 2, DUB_MAX_TICKS);

  double power = pow (10.0, floor (log10 (span / (max_ticks - 1))));

  for (size_t i = 0; i < G_N_ELEMENTS (FACTORS); i++) {
    double step = FACTORS[i] * power;

    if (floor (high / step + 1e-9) - ceil (low / step - 1e-9) + 1.0 <= max_ticks)
      return step;
  }

  return 20.0 * power;
}

int
dub_ticks_linear (double low,
                  double high,
                  int    max_ticks,
                  double ticks[DUB_MAX_TICKS])
{
  double step = dub_ticks_step (low, high, max_ticks);
  int n = 0;

  if (!(high > low) || !isfinite (high - low))
    return 0;
  /* Multiples of the step, not sums: 0.1 added thrice is not 0.3. */
  for (double i = ceil (low / step - 1e-9); i * step <= high + 1e-9 * step && n < DUB_MAX_TICKS; i += 1.0)
    ticks[n++] = i * step;

  return n;
}

int
dub_ticks_log (double low,
               double high,
               int    max_ticks,
               double ticks[DUB_MAX_TICKS])
{
  if (!(low > 0.0) || !(high > low) || !isfinite (high))
    return 0;
  max_ticks = CLAMP (max_ticks, 2, DUB_MAX_TICKS);

  int first = (int) ceil (log10 (low) - 1e-9), last = (int) floor (log10 (high) + 1e-9);
  int n = 0;

  if (last - first < 1) {
    static const double FACTORS[] = { 1.0, 2.0, 5.0 };

    for (int power = first - 1; power <= last + 1; power++)
      for (size_t i = 0; i < G_N_ELEMENTS (FACTORS); i++) {
        double tick = FACTORS[i] * pow (10.0, power);

        if (tick >= low * (1.0 - 1e-9) && tick <= high * (1.0 + 1e-9) && n < DUB_MAX_TICKS)
          ticks[n++] = tick;
      }
    return n;
  }

  int stride = 1;

  while ((last - first) / stride + 1 > max_ticks)
    stride++;
  /* Multiples of the stride, so that 1 is a tick whenever it is inside. */
  for (int power = first; power <= last; power++)
    if (power % stride == 0 && n < DUB_MAX_TICKS)
      ticks[n++] = pow (10.0, power);

  return n;
}

static void
append_fixed (GString *out,
              double   value,
              int      decimals)
{
  char format[8], digits[G_ASCII_DTOSTR_BUF_SIZE + 320];

  g_snprintf (format, sizeof format, "%%.%df", CLAMP (decimals, 0, 15));
  g_ascii_formatd (digits, sizeof digits, format, fabs (value));
  /* A number that rounds to zero has no sign. */
  if (value < 0.0 && strspn (digits, "0.") < strlen (digits))
    g_string_append (out, MINUS);
  g_string_append (out, digits);
}

char *
dub_number_format (double value,
                   int    decimals)
{
  if (isnan (value))
    return g_strdup (EN_DASH);
  if (isinf (value))
    return g_strdup (value < 0.0 ? MINUS INFINITE : INFINITE);

  GString *out = g_string_new (NULL);

  append_fixed (out, value, decimals);

  return g_string_free (out, FALSE);
}

char *
dub_number_format_signed (double value,
                          int    decimals)
{
  g_autofree char *plain = dub_number_format (value, decimals);

  /* What rounds to zero carries neither sign. */
  if (!(value > 0.0) || !isfinite (value) || strspn (plain, "0.") == strlen (plain))
    return g_steal_pointer (&plain);

  return g_strconcat ("+", plain, NULL);
}

static void
append_power (GString *out,
              int      power)
{
  char digits[16];

  g_string_append (out, "10");
  if (power < 0)
    g_string_append (out, "⁻");
  g_snprintf (digits, sizeof digits, "%d", ABS (power));
  for (const char *digit = digits; *digit != '\0'; digit++)
    g_string_append (out, SUPERSCRIPTS[*digit - '0']);
}

static void
trim_zeros (GString *out)
{
  if (strchr (out->str, '.') == NULL)
    return;
  while (out->len > 0 && out->str[out->len - 1] == '0')
    g_string_truncate (out, out->len - 1);
  if (out->len > 0 && out->str[out->len - 1] == '.')
    g_string_truncate (out, out->len - 1);
}

char *
dub_number_format_short (double value,
                         int    digits)
{
  if (!isfinite (value))
    return dub_number_format (value, 0);

  GString *out = g_string_new (NULL);
  int power = value == 0.0 ? 0 : (int) floor (log10 (fabs (value)));

  digits = CLAMP (digits, 1, 15);
  /* Rounding may carry into the next power: 9.996 with three digits is 10. */
  if (value != 0.0 && lrint (fabs (value) / pow (10.0, power - digits + 1)) >= lrint (pow (10.0, digits)))
    power++;
  if (power >= -3 && power < 5) {
    append_fixed (out, value, MAX (digits - 1 - power, 0));
    trim_zeros (out);
  } else {
    append_fixed (out, value / pow (10.0, power), digits - 1);
    trim_zeros (out);
    if (g_str_equal (out->str, "1"))
      g_string_truncate (out, 0);
    else
      g_string_append (out, " × ");
    append_power (out, power);
  }

  return g_string_free (out, FALSE);
}

char *
dub_number_format_exact (double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value))
    return g_strdup ("");
  for (int precision = 15; precision <= 17; precision++) {
    char format[8];

    g_snprintf (format, sizeof format, "%%.%dg", precision);
    g_ascii_formatd (digits, sizeof digits, format, value);
    if (g_ascii_strtod (digits, NULL) == value)
      break;
  }

  return g_strdup (digits);
}

void
dub_number_append_cell (GString *text,
                        double   value)
{
  g_autofree char *digits = dub_number_format_exact (value);

  g_string_append_c (text, ',');
  g_string_append (text, digits);
}

char *
dub_tick_format_linear (double value,
                        double step)
{
  int decimals = step > 0.0 ? (int) MAX (0.0, -floor (log10 (step) + 1e-9)) : 0;

  if (MAX (fabs (value), step) >= 1e6 || decimals > 6)
    return dub_number_format_short (value, 4);

  return dub_number_format (value, decimals);
}

char *
dub_tick_format_log (double value)
{
  double power = log10 (value), whole = floor (power + 0.5);

  if (fabs (power - whole) > 1e-6)
    return dub_number_format_short (value, 2);
  if (whole == 0.0)
    return g_strdup ("1");
  if (whole == 1.0)
    return g_strdup ("10");

  GString *out = g_string_new (NULL);

  append_power (out, (int) whole);

  return g_string_free (out, FALSE);
}
