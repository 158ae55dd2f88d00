package dev.reroam.linux.netlink;

import java.util.List;

/**
 * The names of the attributes of one set, for error messages. Immutable.
 *
 * @param prefix such as {@code RTA}
 * @param names by number, from 0; numbers beyond the list have no name
 */
public record AttributeNames(String prefix, List<String> names) {

    public AttributeNames {
        names = List.copyOf(names);
    }

    /** Names from number 0 on: {@code of("RTA", "UNSPEC", "DST", "SRC")}. */
    public static AttributeNames of(String prefix, String... names) {
        return new AttributeNames(prefix, List.of(names));
    }

    /** {@code RTA_DST}, or {@code RTA[77]} for a number without a name. */
    public String name(int type) {
        return type < names.size() ? prefix + "_" + names.get(type) : prefix + "[" + type + "]";
    }
}
