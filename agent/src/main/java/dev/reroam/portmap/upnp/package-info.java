/**
 * How do we ask for a mapping in UPnP (InternetGatewayDevice 1 and 2)? Search and announcements (SSDP), description and
 * answers in XML, actions (SOAP), events (GENA), and a pure client over them. Only the gateway itself is ever spoken to.
 *
 * <p>The XML reader is our own: what is needed is elements and text within bounds, and {@code java.xml} would be one more
 * module of the runtime image, with entity resolution to be switched off.
 */
@NullMarked
package dev.reroam.portmap.upnp;

import org.jspecify.annotations.NullMarked;
