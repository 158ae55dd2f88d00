package dev.reroam.linux.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpHeaderTest {

    private static IpAddress source(IpFamily family) {
        return IpAddress.parse(family == IpFamily.V4 ? "10.9.0.9" : "fd99::9");
    }

    private static ByteBuffer header(IpFamily family) {
        var header = ByteBuffer.allocate(IpHeader.fixedLength(family));
        header.put(0, (byte) (family == IpFamily.V4 ? 0x45 : 0x60));
        return header.put(IpHeader.sourceAt(family), source(family).bytes());
    }

    @ParameterizedTest
    @EnumSource
    void tellsTheSource(IpFamily family) {
        assertEquals(Optional.of(source(family)), IpHeader.source(family, header(family)));
    }

    @ParameterizedTest
    @EnumSource
    void readsFromWhereTheBufferStands(IpFamily family) {
        var behind = ByteBuffer.allocate(60).position(7);
        behind.put(header(family)).flip().position(7);
        assertEquals(Optional.of(source(family)), IpHeader.source(family, behind));
        assertEquals(7, behind.position());
    }

    @ParameterizedTest
    @EnumSource
    void isNoHeaderWhereAByteIsMissing(IpFamily family) {
        for (int length = 0; length < IpHeader.fixedLength(family); length++) {
            assertEquals(
                    Optional.empty(), IpHeader.source(family, header(family).limit(length)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void isNoHeaderOfAnotherVersion(IpFamily family) {
        int own = family == IpFamily.V4 ? 4 : 6;
        for (int version = 0; version < 16; version++) {
            var header = header(family).put(0, (byte) (version << 4 | 5));
            assertEquals(version == own, IpHeader.source(family, header).isPresent(), "version " + version);
        }
    }

    /** They follow the fixed header, and are not copied. */
    @ParameterizedTest
    @ValueSource(ints = {6, 15})
    void needsNoOptions(int words) {
        var header = header(IpFamily.V4).put(0, (byte) (0x40 | words));
        assertEquals(Optional.of(source(IpFamily.V4)), IpHeader.source(IpFamily.V4, header));
    }

    @Test
    void isNoHeaderThatSaysItIsShorterThanAHeader() {
        for (int words = 0; words < 5; words++) {
            var header = header(IpFamily.V4).put(0, (byte) (0x40 | words));
            assertEquals(Optional.empty(), IpHeader.source(IpFamily.V4, header));
        }
    }
}
