package dev.chagres.gpt2.forgery;

import dev.chagres.gpt2.Repository;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// The classes of a mutant: those of the verifier, rewritten or compiled from an edited source. Nothing in the verifier
/// is made for this.
final class MutantClasses {
    private static final Path SOURCES = Repository.root().resolve("prover/verifier/src/main/java");

    private MutantClasses() {}

    /// The changed class, and those inside it, by name.
    ///
    /// @throws AssertionError if the mutant is stale: what it changes is not there, or not once
    static Map<String, byte[]> of(Mutant mutant) {
        return switch (mutant.change()) {
            case Mutant.Silent s -> Map.of(s.className(), silent(s));
            case Mutant.Edit e -> compiled(e);
        };
    }

    // --- rejections that are not thrown -------------------------------------------------------------------------

    private static byte[] silent(Mutant.Silent change) {
        byte[] original = read(change.className());
        AtomicInteger named = new AtomicInteger();
        byte[] result = transformed(original, change.id(), true, named);
        if (named.get() == 0) {
            // The id is put together or handed in: it is looked at where the rejection would be thrown.
            result = transformed(original, change.id(), false, named);
        }
        if (named.get() == 0) {
            throw new AssertionError("stale mutant: " + change.className() + " throws no rejection " + change.id());
        }
        return result;
    }

    /// @param literal whether only rejections that are made with this id as a constant are kept from being thrown
    /// @param sites counts them
    private static byte[] transformed(byte[] original, String id, boolean literal, AtomicInteger sites) {
        ClassFile file = ClassFile.of();
        return file.transformClass(file.parse(original),
                ClassTransform.transformingMethodBodies(
                        CodeTransform.ofStateful(() -> new Silence(id, literal, sites))));
    }

    private static byte[] read(String className) {
        try (InputStream in = MutantClasses.class.getClassLoader()
                .getResourceAsStream(className.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new AssertionError("stale mutant: there is no class " + className);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where a rejection has been made, it is dropped instead of thrown, and the method goes on behind.
    private static final class Silence implements CodeTransform {
        private static final List<ClassDesc> REJECTIONS = List.of(ClassDesc.of("dev.chagres.transcript.Rejection"),
                ClassDesc.of("dev.chagres.statement.StatementException"));

        private final String id;
        private final boolean literal;
        private final AtomicInteger sites;
        /// The kind of the rejection that is being made, or has just been.
        private ClassDesc made;
        private Object first;
        private int instructions;
        private boolean complete;

        Silence(String id, boolean literal, AtomicInteger sites) {
            this.id = id;
            this.literal = literal;
            this.sites = sites;
        }

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
            if (element instanceof ThrowInstruction && complete && (literal ? id.equals(first) : first == null)) {
                sites.incrementAndGet();
                drop(code);
            } else {
                code.with(element);
            }
            if (element instanceof Instruction i) {
                follow(i);
            }
        }

        private void follow(Instruction i) {
            complete = false;
            instructions++;
            switch (i) {
                case NewObjectInstruction n when REJECTIONS.contains(n.className().asSymbol()) -> {
                    made = n.className().asSymbol();
                    first = null;
                    instructions = 0;
                }
                // Behind `new` and `dup`.
                case ConstantInstruction c when made != null && instructions == 2 -> first = c.constantValue();
                case InvokeInstruction v when v.opcode() == Opcode.INVOKESPECIAL && made != null
                        && v.owner().asSymbol().equals(made) -> complete = true;
                default -> { }
            }
        }

        private void drop(CodeBuilder code) {
            if (literal) {
                code.pop();
                return;
            }
            Label thrown = code.newLabel();
            Label behind = code.newLabel();
            code.dup().invokevirtual(made, "check", MethodTypeDesc.of(ConstantDescs.CD_String))
                    .loadConstant(id).invokevirtual(ConstantDescs.CD_String, "equals",
                            MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_Object))
                    .ifeq(thrown).pop().goto_(behind).labelBinding(thrown).athrow().labelBinding(behind);
        }
    }

    // --- edited sources -----------------------------------------------------------------------------------------

    private static Map<String, byte[]> compiled(Mutant.Edit edit) {
        Path file = SOURCES.resolve(edit.className().replace('.', '/') + ".java");
        String source;
        try {
            source = Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError("stale mutant: " + file, e);
        }
        int at = source.indexOf(edit.before());
        if (at < 0 || source.indexOf(edit.before(), at + 1) >= 0) {
            throw new AssertionError("stale mutant: " + file + " has the following " + (at < 0 ? "nowhere"
                    : "more than once") + ": " + edit.before());
        }
        return compile(edit.className(), source.replace(edit.before(), edit.after()));
    }

    private static Map<String, byte[]> compile(String className, String source) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Map<String, ByteArrayOutputStream> classes = new HashMap<>();
        JavaFileObject unit = new SimpleJavaFileObject(
                URI.create("string:///" + className.replace('.', '/') + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignored) {
                return source;
            }
        };
        StringWriter errors = new StringWriter();
        try (JavaFileManager files = new Collected(compiler.getStandardFileManager(null, null, null), classes)) {
            boolean done = compiler.getTask(errors, files, null,
                    List.of("-proc:none", "-Xlint:none", "-implicit:none", "-classpath",
                            System.getProperty("java.class.path")), null, List.of(unit)).call();
            if (!done) {
                throw new AssertionError("stale mutant of " + className + ": " + errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, byte[]> result = new HashMap<>();
        classes.forEach((name, bytes) -> result.put(name, bytes.toByteArray()));
        return result;
    }

    /// Keeps what is compiled in memory.
    private static final class Collected extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes;

        Collected(JavaFileManager files, Map<String, ByteArrayOutputStream> classes) {
            super(files);
            this.classes = classes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(Location location, String name, JavaFileObject.Kind kind,
                FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("memory:///" + name.replace('.', '/') + kind.extension),
                    kind) {
                @Override
                public OutputStream openOutputStream() {
                    return classes.computeIfAbsent(name, _ -> new ByteArrayOutputStream());
                }
            };
        }
    }
}
