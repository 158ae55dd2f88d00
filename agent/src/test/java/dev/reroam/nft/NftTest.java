package dev.reroam.nft;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class NftTest {

    @Test
    void aTableWithSomethingOfOthersIsNotEmpty() {
        assertTrue(Nft.isEmpty("table inet reroam {\n}\n"));
        assertFalse(Nft.isEmpty("table inet reroam {\n\tchain ports {\n\t}\n}\n"));
        assertFalse(Nft.isEmpty(""));
    }
}
