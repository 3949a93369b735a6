/* Which of GTK's renderers draws the window. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* dub_renderer_choose:
 *
 * Tells GTK to draw with Cairo where no graphics card could draw with OpenGL. OpenGL by software would take two tenths
 * of a second to start, and the processor's cores from the network at every frame; what the window shows is composed on
 * the processor in any case. What the person has set in GSK_RENDERER or GDK_DEBUG is left alone.
 *
 * To be called before GTK opens the display, while there is one thread only.
 */
void dub_renderer_choose (void);

G_END_DECLS
