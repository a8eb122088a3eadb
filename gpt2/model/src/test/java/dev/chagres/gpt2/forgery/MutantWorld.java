package dev.chagres.gpt2.forgery;

import dev.chagres.statement.TokenSequence;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;

/// A world with a mutant in it: verifier, engine and forgers once more, loaded with some classes replaced. Arithmetic,
/// hash and kernels are shared with the world outside.
final class MutantWorld extends ClassLoader {
    private static final String OWN = "dev.chagres.";
    private static final String[] SHARED = {OWN + "field.", OWN + "hash.", OWN + "kernel."};

    private final Map<String, byte[]> replaced;

    MutantWorld(Map<String, byte[]> replaced) {
        super(MutantWorld.class.getClassLoader());
        this.replaced = replaced;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null && own(name)) {
                byte[] bytes = replaced.containsKey(name) ? replaced.get(name) : read(name);
                loaded = defineClass(name, bytes, 0, bytes.length);
            }
            return loaded == null ? super.loadClass(name, resolve) : loaded;
        }
    }

    private static boolean own(String name) {
        for (String shared : SHARED) {
            if (name.startsWith(shared)) {
                return false;
            }
        }
        return name.startsWith(OWN);
    }

    private byte[] read(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The verdict of this world's verifier: `accepted` or the id of the check that failed.
    String verdict(Forged forged) {
        return (String) call(MutantVerdict.class.getName(), "of", new Class<?>[] {byte[].class, byte[].class},
                forged.key(), forged.proof());
    }

    /// A lie as a forger of this world tells it.
    ///
    /// @param pk path of the proving key
    Forged tell(String lie, String pk, byte[] key, TokenSequence sequence) {
        byte[][] forged = (byte[][]) call(AcceptedLies.class.getName(), "tell",
                new Class<?>[] {String.class, String.class, byte[].class, int[].class, int.class}, lie, pk, key,
                sequence.ids(), sequence.promptLength());
        return new Forged(forged[0], forged[1]);
    }

    /// The verdicts of [TablePairs] in this world.
    Map<?, ?> tables(String pk, byte[] key, TokenSequence sequence) {
        return (Map<?, ?>) call(TablePairs.class.getName(), "together",
                new Class<?>[] {String.class, byte[].class, int[].class, int.class}, pk, key, sequence.ids(),
                sequence.promptLength());
    }

    private Object call(String type, String method, Class<?>[] parameters, Object... arguments) {
        try {
            var m = loadClass(type).getDeclaredMethod(method, parameters);
            m.setAccessible(true);
            return m.invoke(null, arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
