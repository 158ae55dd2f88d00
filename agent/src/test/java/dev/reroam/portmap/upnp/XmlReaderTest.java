package dev.reroam.portmap.upnp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.portmap.gateway.Damage;
import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.upnp.XmlException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class XmlReaderTest {

    private static final String GOOD = "<?xml version=\"1.0\"?>\r\n<!-- a comment with <tags> -->"
            + "<d:root xmlns:d='urn:x' a = \"b>c\"><device><name>A &amp; B &#65;&#x42;</name><empty/>"
            + "<data><![CDATA[1 < 2]]></data></device></d:root>";

    @Test
    void readsElementsAndText() throws XmlException {
        var root = XmlReader.read(octets(GOOD + "\r\n\0"));
        assertEquals("root", root.name());
        var device = root.child("device").orElseThrow();
        assertEquals(Optional.of("A & B AB"), device.textOf("name"));
        assertEquals(Optional.of("1 < 2"), device.textOf("data"));
        assertEquals(Optional.empty(), device.textOf("empty"));
        assertEquals(List.of(), device.child("empty").orElseThrow().children());
    }

    @Test
    void readsUpTo64Kilobytes() throws XmlException {
        String text = "x".repeat(64 * 1024 - "<a><b></b></a>".length());
        assertEquals(
                Optional.of(text),
                XmlReader.read(octets("<a><b>" + text + "</b></a>")).textOf("b"));
        assertEquals(
                Reason.TOO_LARGE,
                assertThrows(XmlException.class, () -> XmlReader.read(octets("<a><b>" + text + "y</b></a>")))
                        .reason());
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("a document type", "<!DOCTYPE root><root/>", Reason.DOCTYPE),
                Arguments.of(
                        "a billion laughs",
                        "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><l>&b;</l>",
                        Reason.DOCTYPE),
                Arguments.of("a file of ours", "<!DOCTYPE r SYSTEM \"file:///etc/passwd\"><r/>", Reason.DOCTYPE),
                Arguments.of("an entity of its own", "<r>&xxe;</r>", Reason.ENTITY),
                Arguments.of("an entity without an end", "<r>&amp</r>", Reason.ENTITY),
                Arguments.of("a character that is none", "<r>&#x110000;</r>", Reason.ENTITY),
                Arguments.of("10 MB", "<r>" + "x".repeat(10_000_000) + "</r>", Reason.TOO_LARGE),
                Arguments.of("10,000 deep", "<a>".repeat(10_000), Reason.TOO_DEEP),
                Arguments.of("10,000 elements", "<a>" + "<b/>".repeat(10_000) + "</a>", Reason.TOO_MANY),
                Arguments.of("nothing", "", Reason.TRUNCATED),
                Arguments.of("no end", "<a><b></b>", Reason.TRUNCATED),
                Arguments.of("a tag without an end", "<a", Reason.TRUNCATED),
                Arguments.of("an attribute without an end", "<a b=\"c", Reason.TRUNCATED),
                Arguments.of("a comment without an end", "<!-- ", Reason.TRUNCATED),
                Arguments.of("crossed tags", "<a><b></a></b>", Reason.MALFORMED),
                Arguments.of("two roots", "<a/><b/>", Reason.MALFORMED),
                Arguments.of("text behind the root", "<a/>x", Reason.MALFORMED),
                Arguments.of("an attribute without quotes", "<a b=c/>", Reason.MALFORMED),
                Arguments.of("HTML", "<html><br><p></html>", Reason.MALFORMED));
    }

    @ParameterizedTest(name = "{0} is refused")
    @MethodSource("refused")
    void isRefused(String what, String text, Reason reason) {
        var octets = octets(text);
        assertTimeoutPreemptively(
                Duration.ofSeconds(2),
                () -> assertEquals(
                        reason,
                        assertThrows(XmlException.class, () -> XmlReader.read(octets))
                                .reason()));
    }

    @Test
    void documentCutAnywhereIsRefused() {
        for (int length = 0; length < GOOD.length(); length++) {
            var octets = octets(GOOD.substring(0, length));
            assertThrows(XmlException.class, () -> XmlReader.read(octets));
        }
    }

    @Test
    void anyBytesAreReadOrRefused() {
        var random = Damage.random();
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            try {
                XmlReader.read(Damage.of(random, octets(GOOD).bytes()));
                read++;
            } catch (XmlException e) {
                assertTrue(e.offset() >= 0);
            }
        }
        assertTrue(read > 1000, "the damage must leave something to read, was " + read);
    }

    private static Octets octets(String text) {
        return Octets.of(text.getBytes(StandardCharsets.UTF_8));
    }
}
