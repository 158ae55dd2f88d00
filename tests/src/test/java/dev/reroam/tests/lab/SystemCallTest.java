package dev.reroam.tests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemCallTest {

    private static List<String> effects(String... lines) {
        return SystemCall.read(List.of(lines)).stream()
                .flatMap(call -> call.effect().stream())
                .map(SystemCall.Effect::toString)
                .toList();
    }

    /** As strace writes them, whole or while they wait to be made. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "futex(0x7f, FUTEX_WAIT_PRIVATE, 0, NULL) = 0",
                "sendto(66, \"get=1\\n\\n\", 7, MSG_DONTWAIT|MSG_NOSIGNAL, NULL, 0",
                "sendto(53, [{nlmsg_len=32, nlmsg_type=RTM_GETLINK, nlmsg_flags=NLM_F_REQUEST, nlmsg_seq=268}, {",
                "sendto(58, [{nlmsg_len=72, nlmsg_type=SOCK_DIAG_BY_FAMILY, nlmsg_flags=NLM_F_REQUEST|NLM_F_DUMP, nlmsg_seq=3}",
                "sendto(9, [{nlmsg_len=28, nlmsg_type=wireguard, nlmsg_flags=NLM_F_REQUEST|NLM_F_ACK|0x300, nlmsg_seq=3}",
                "write(2, \"2026-11-30 22:50:58.343 INFO  #2 opened\"..., 120) = 120",
                "write(50, \"\\1\\0\\0\\0\\0\\0\\0\\0\", 8",
                "openat(AT_FDCWD, \"/a/b.class\", O_RDONLY) = 89",
                "bind(82, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr(\"0.0.0.0\")}, 16) = 0"
            })
    void whatIsAskedOrOwnChangesNothing(String line) {
        var calls = SystemCall.read(List.of(line));
        assertEquals(1, calls.size());
        assertEquals(Optional.empty(), calls.getFirst().effect());
    }

    @Test
    void whatChangesSomethingIsNamedByWhatItDoesAndCounted() {
        assertEquals(
                List.of(
                        "set 1",
                        "netlink wireguard 1",
                        "netlink RTM_NEWNEIGH 1",
                        "netlink wireguard 2",
                        "write 1",
                        "fdatasync 1"),
                effects(
                        "sendto(66, \"set=1\\npublic_key=18cc\"..., 189, MSG_DONTWAIT|MSG_NOSIGNAL, NULL, 0) = 189",
                        "sendto(9, [{nlmsg_len=60, nlmsg_type=wireguard, nlmsg_flags=NLM_F_REQUEST|NLM_F_ACK, nlmsg_seq=4}, \"",
                        "+++ killed by SIGKILL +++",
                        "sendto(61, [{nlmsg_len=36, nlmsg_type=RTM_NEWNEIGH, nlmsg_flags=NLM_F_REQUEST|NLM_F_ACK, nlmsg_seq=11}, {",
                        "sendto(9, [{nlmsg_len=60, nlmsg_type=wireguard, nlmsg_flags=NLM_F_REQUEST|NLM_F_ACK, nlmsg_seq=5}, \"",
                        "write(83, \"3c8c1d70 {\\\"@\\\":\\\"Remember\\\"\"..., 303) = 303",
                        "fdatasync(83) = ?"));
    }
}
