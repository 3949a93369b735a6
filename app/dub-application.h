/* The application: command line, application-wide actions and shortcuts, colour scheme. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define DUB_TYPE_APPLICATION (dub_application_get_type ())
G_DECLARE_FINAL_TYPE (DubApplication, dub_application, DUB, APPLICATION, AdwApplication)

/* @started: g_get_monotonic_time at the beginning of main, for --benchmark-start */
DubApplication *dub_application_new (gint64 started);

G_END_DECLS
