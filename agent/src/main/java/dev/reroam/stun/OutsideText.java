package dev.reroam.stun;

/** Text that a stranger wrote and a person will read. */
final class OutsideText {

    private static final char REPLACEMENT = '\ufffd';

    private OutsideText() {}

    /**
     * At most {@link StunAttribute#MAX_TEXT} characters, whole ones, without what could command a terminal. Cleaning twice
     * changes nothing more.
     */
    static String clean(String text) {
        int length = Math.min(text.length(), StunAttribute.MAX_TEXT);
        if (length < text.length() && Character.isHighSurrogate(text.charAt(length - 1))) {
            length--;
        }
        var clean = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            boolean pair =
                    Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                clean.append(c).append(text.charAt(++i));
            } else {
                clean.append(Character.isISOControl(c) || Character.isSurrogate(c) ? REPLACEMENT : c);
            }
        }
        return clean.toString();
    }
}
