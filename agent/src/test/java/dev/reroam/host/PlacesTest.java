package dev.reroam.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.host.NetworkNamespace.Whose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacesTest {

    private static final Path RUN = Path.of("/r");
    private static final Path STATE = Path.of("/s");

    @TempDir
    Path proc;

    @Test
    void recognisesTheNamespaceOfProcessOne() throws IOException {
        link("self", "net:[4026531840]");
        link("1", "net:[4026531840]");
        assertEquals(new NetworkNamespace(4026531840L, Whose.HOST), NetworkNamespace.current(proc));
    }

    @Test
    void recognisesAnotherNamespace() throws IOException {
        link("self", "net:[4026532000]");
        link("1", "net:[4026531840]");
        assertEquals(new NetworkNamespace(4026532000L, Whose.OTHER), NetworkNamespace.current(proc));
    }

    @Test
    void saysWhenItMayNotLookAtProcessOne() throws IOException {
        link("self", "net:[4026532000]");
        assertEquals(new NetworkNamespace(4026532000L, Whose.UNKNOWN), NetworkNamespace.current(proc));
    }

    @Test
    void comparesTheTablesOfInterfacesWhereItMayNotReadTheLink() throws IOException {
        link("self", "net:[7]");
        Path own = table("self");
        Files.createDirectories(proc.resolve("1/net"));
        Files.createLink(proc.resolve("1/net/dev"), own);
        assertEquals(new NetworkNamespace(7, Whose.HOST), NetworkNamespace.current(proc));
        Files.delete(proc.resolve("1/net/dev"));
        table("1");
        assertEquals(new NetworkNamespace(7, Whose.OTHER), NetworkNamespace.current(proc));
    }

    @Test
    void takesAKernelWithoutNamespacesForTheHost() throws IOException {
        assertEquals(new NetworkNamespace(0, Whose.HOST), NetworkNamespace.current(proc));
    }

    @Test
    void refusesALinkThatIsNoNamespace() throws IOException {
        link("self", "pipe:[7]");
        assertThrows(IOException.class, () -> NetworkNamespace.current(proc));
    }

    @Test
    void knowsItsOwnOnThisMachine() throws IOException {
        assertTrue(NetworkNamespace.current().inode() > 0);
        assertTrue(NetworkNamespace.current().whose() != Whose.UNKNOWN);
    }

    @Test
    void putsTheHostsFilesDirectlyInTheFolders() {
        var places = places(Whose.HOST);
        assertEquals(Path.of("/r/reroam.sock"), places.socket());
        assertEquals(Path.of("/s"), places.state());
        assertEquals(Path.of("/r/net-7.lock"), places.lock());
        assertEquals(Optional.empty(), places.doubt());
    }

    @Test
    void putsAnotherNamespacesFilesBelow() {
        for (Whose whose : List.of(Whose.OTHER, Whose.UNKNOWN)) {
            var places = places(whose);
            assertEquals(Path.of("/r/net-7/reroam.sock"), places.socket());
            assertEquals(Path.of("/s/net-7"), places.state());
            assertEquals(Path.of("/r/net-7.lock"), places.lock());
            assertEquals(whose == Whose.UNKNOWN, places.doubt().isPresent());
        }
    }

    @Test
    void movesSocketAndStateButNeverTheLock() {
        var moved = Places.of(
                new NetworkNamespace(7, Whose.HOST),
                Optional.of(Path.of("/x")),
                Optional.of(Path.of("/y")),
                RUN,
                STATE);
        assertEquals(Path.of("/x"), moved.socket());
        assertEquals(Path.of("/y"), moved.state());
        assertEquals(Path.of("/r/net-7.lock"), moved.lock());
    }

    @Test
    void aClientLooksWhereAnAgentOfItsNamespaceMayBe() {
        for (Whose client : Whose.values()) {
            List<Path> looked = Places.sockets(new NetworkNamespace(7, client), RUN);
            // An agent with fewer privileges than the client may have been unable to tell where it is.
            assertTrue(looked.contains(places(client).socket()));
            assertTrue(looked.contains(places(Whose.UNKNOWN).socket()));
        }
        assertEquals(
                1, Places.sockets(new NetworkNamespace(7, Whose.OTHER), RUN).size());
    }

    @Test
    void removesOnlyItsOwnFolderAndOnlyWhenItIsEmpty() throws IOException {
        Path run = Files.createDirectories(proc.resolve("run"));
        var places = Places.of(
                new NetworkNamespace(7, Whose.OTHER), Optional.empty(), Optional.empty(), run, proc.resolve("state"));
        places.tidy();
        Path own = Files.createDirectories(run.resolve("net-7"));
        Path file = Files.writeString(own.resolve("file"), "");
        places.tidy();
        assertTrue(Files.exists(file));
        Files.delete(file);
        places.tidy();
        assertTrue(Files.notExists(own));
        assertTrue(Files.exists(run));
    }

    private static Places places(Whose whose) {
        return Places.of(new NetworkNamespace(7, whose), Optional.empty(), Optional.empty(), RUN, STATE);
    }

    private Path table(String process) throws IOException {
        return Files.writeString(
                Files.createDirectories(proc.resolve(process).resolve("net")).resolve("dev"), "");
    }

    private void link(String process, String target) throws IOException {
        Path folder = Files.createDirectories(proc.resolve(process).resolve("ns"));
        Files.createSymbolicLink(folder.resolve("net"), Path.of(target));
    }
}
