package dev.reroam.recovery;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map in the order of its keys, made for states that change in a few places at each step: two arrays, so that
 * a copy of 1,000 entries costs less than one tree lookup, and a step without a new key shares the keys.
 */
final class SortedTable<K extends Comparable<? super K>, V> extends AbstractMap<K, V> {

    private final Object[] keys;
    private final Object[] values;

    private SortedTable(Object[] keys, Object[] values) {
        this.keys = keys;
        this.values = values;
    }

    /** The map itself where it is such a table already, else a copy. */
    static <K extends Comparable<? super K>, V> SortedTable<K, V> copyOf(Map<K, V> map) {
        if (map instanceof SortedTable<K, V> table) {
            return table;
        }
        var sorted = new TreeMap<K, V>(map);
        return new SortedTable<>(sorted.keySet().toArray(), sorted.values().toArray());
    }

    @Override
    public int size() {
        return keys.length;
    }

    @SuppressWarnings("unchecked")
    K keyAt(int index) {
        return (K) keys[index];
    }

    @SuppressWarnings("unchecked")
    V valueAt(int index) {
        return (V) values[index];
    }

    @Override
    public @Nullable V get(@Nullable Object key) {
        int index = key == null ? -1 : Arrays.binarySearch(keys, key);
        return index < 0 ? null : valueAt(index);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return key != null && Arrays.binarySearch(keys, key) >= 0;
    }

    @Override
    public Set<Map.Entry<K, V>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return keys.length;
            }

            @Override
            public Iterator<Map.Entry<K, V>> iterator() {
                return new Iterator<>() {
                    private int next;

                    @Override
                    public boolean hasNext() {
                        return next < keys.length;
                    }

                    @Override
                    public Map.Entry<K, V> next() {
                        if (next >= keys.length) {
                            throw new NoSuchElementException();
                        }
                        return Map.entry(keyAt(next), valueAt(next++));
                    }
                };
            }
        };
    }

    /** A copy that can be changed; it costs nothing until it is. */
    Editor<K, V> edit() {
        return new Editor<>(this);
    }

    /** One step's changes. Confined to it. */
    static final class Editor<K extends Comparable<? super K>, V> {

        private SortedTable<K, V> table;
        private boolean owned;

        private Editor(SortedTable<K, V> table) {
            this.table = table;
        }

        /** What stands there now, with the changes so far; not to be kept. */
        SortedTable<K, V> now() {
            return table;
        }

        @Nullable
        V get(K key) {
            return table.get(key);
        }

        /** Puts a value in, and says which one was there. */
        @Nullable
        V put(K key, V value) {
            int index = Arrays.binarySearch(table.keys, key);
            V before = index < 0 ? null : table.valueAt(index);
            if (index >= 0) {
                own();
                table.values[index] = value;
            } else {
                int at = -index - 1;
                table = new SortedTable<>(inserted(table.keys, at, key), inserted(table.values, at, value));
                owned = true;
            }
            return before;
        }

        void putAt(int index, V value) {
            own();
            table.values[index] = value;
        }

        /** Takes a key out, and says what was there. */
        @Nullable
        V remove(K key) {
            int index = Arrays.binarySearch(table.keys, key);
            V before = index < 0 ? null : table.valueAt(index);
            if (index >= 0) {
                table = new SortedTable<>(removed(table.keys, index), removed(table.values, index));
                owned = true;
            }
            return before;
        }

        SortedTable<K, V> freeze() {
            owned = false;
            return table;
        }

        private void own() {
            if (!owned) {
                table = new SortedTable<>(table.keys, table.values.clone());
                owned = true;
            }
        }
    }

    private static Object[] inserted(Object[] from, int at, Object what) {
        Object[] to = Arrays.copyOf(from, from.length + 1);
        System.arraycopy(from, at, to, at + 1, from.length - at);
        to[at] = what;
        return to;
    }

    private static Object[] removed(Object[] from, int at) {
        Object[] to = Arrays.copyOf(from, from.length - 1);
        System.arraycopy(from, at + 1, to, at, from.length - at - 1);
        return to;
    }
}
