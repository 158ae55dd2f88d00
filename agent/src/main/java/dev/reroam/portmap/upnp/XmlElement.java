package dev.reroam.portmap.upnp;

import java.util.List;
import java.util.Optional;

/**
 * An element of a document. Immutable.
 *
 * @param name without its prefix; namespaces are not looked at, since devices get them wrong
 * @param text of its own, trimmed
 */
public record XmlElement(String name, String text, List<XmlElement> children) {

    public XmlElement {
        children = List.copyOf(children);
    }

    /** The first child of this name. */
    public Optional<XmlElement> child(String childName) {
        return children.stream().filter(child -> child.name.equals(childName)).findFirst();
    }

    /** The text of the first child of this name; empty when there is none or it says nothing. */
    public Optional<String> textOf(String childName) {
        return child(childName).map(XmlElement::text).filter(text -> !text.isEmpty());
    }
}
