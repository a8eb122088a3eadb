package dev.chagres.device;

import dev.chagres.commit.AddressSpace;
import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceBuffer;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.commit.RowRanges;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.LadderArrays;
import dev.chagres.prove.stage.OpeningArrays;
import dev.chagres.prove.stage.PassResult;
import dev.chagres.prove.stage.ProductRounds;
import dev.chagres.tensor.Axis;
import java.util.List;

/// [OpeningArrays] on a device. Results that are elsewhere are copied there first.
///
/// @param host whose memory results come to when they are asked for
/// @param space of the rows of both matrices
/// @param head variables that the passes fold
record DeviceOpening(DeviceSite site, Host host, AddressSpace space, int head) implements OpeningArrays {
    /// Sums of a head and the tables of its rounds.
    ///
    /// @param groups of claims
    static long headBytes(int groups, int head) {
        long n = 1L << head + Axis.ceilLog2(Math.max(1, groups));
        return Device.regionBytes(Memory.extBytes((long) groups << head)) + 3 * Device.regionBytes(Memory.extBytes(n));
    }

    /// F and W, folded over the head.
    static long foldedBytes(AddressSpace space, int head) {
        return Device.regionBytes(2 * Memory.extBytes(1L << space.variables() - head));
    }

    private DeviceResult here(PassResult result) {
        return DeviceResult.on(site, host, result);
    }

    @Override
    public PassResult add(PassResult sum, PassResult part) {
        if (sum == null) {
            return here(part);
        }
        DeviceResult all = here(sum);
        try (DeviceResult more = here(part); DeviceWork work = site.work()) {
            work.kernels().field().addExt(all.array(), all.array(), more.array(),
                    all.array().bytes() / Memory.EXT_BYTES);
            return all;
        } catch (RuntimeException | Error e) {
            all.close();
            throw e;
        }
    }

    /// Elements of F, folded over the head.
    private long size() {
        return 1L << space.variables() - head;
    }

    @Override
    public PassResult place(int range, PassResult all, PassResult part) {
        long elements = (long) RowRanges.ROWS << space.k() - head;
        long first = range * elements;
        long bytes = Memory.extBytes(size());
        DeviceResult folded = all != null ? here(all) : DeviceResult.make(site, host, 2 * bytes, this::clear);
        try (DeviceResult from = here(part); DeviceWork work = site.work()) {
            // F and W are two rows of words.
            DeviceBuffer to = folded.array();
            long at = first * Memory.EXT_BYTES;
            long width = Memory.extBytes(Math.min(elements, size() - first)) / Integer.BYTES;
            work.kernels().panel().copy(to.slice(at, to.bytes() - at), bytes / Integer.BYTES, from.array(),
                    elements * Memory.EXT_BYTES / Integer.BYTES, 2, Math.toIntExact(width));
            return folded;
        } catch (RuntimeException | Error e) {
            folded.close();
            throw e;
        }
    }

    private void clear(DeviceBuffer array) {
        try (DeviceWork work = site.work()) {
            work.stream().fill(array, 0);
        }
    }

    @Override
    public ProductRounds head(List<QM31[]> groups, PassResult sums) {
        // As many groups as a power of two: those that are not there are zeros.
        int groupBits = Axis.ceilLog2(Math.max(1, groups.size()));
        long n = 1L << head + groupBits;
        Workspace memory = Workspace.of(site);
        try {
            DeviceWork work = memory.work();
            DeviceBuffer from = memory.own(here(sums));
            DeviceBuffer eq = memory.regions().ext(n);
            DeviceBuffer h = memory.regions().ext(n);
            // The variables of a group come lowest, so that halves of the tables are halves of the top variable.
            int[] order = new int[head + groupBits];
            for (int j = 0; j < order.length; j++) {
                order[j] = j < groupBits ? head + j : j - groupBits;
            }
            DeviceBuffer byGroup = memory.regions().ext(n);
            work.stream().fill(byGroup, 0);
            if (from.bytes() > 0) {
                int words = Math.toIntExact(from.bytes() / Integer.BYTES);
                work.kernels().panel().copy(byGroup, words, from, words, 1, words);
            }
            work.kernels().statement().spreadTable(h, byGroup, order);
            for (int g = 0; g < groups.size(); g++) {
                DeviceBuffer table = byGroup.slice(((long) g << head) * Memory.EXT_BYTES, Memory.extBytes(1L << head));
                work.kernels().field().eqTable(table, groups.get(g), QM31.ONE);
            }
            work.kernels().statement().spreadTable(eq, byGroup, order);
            return new DeviceProductRounds(memory, eq, h, n);
        } catch (RuntimeException | Error e) {
            Closing.after(e, memory::close);
            throw e;
        }
    }

    @Override
    public ProductRounds tail(PassResult folded) {
        Workspace memory = Workspace.of(site);
        try {
            DeviceBuffer both = memory.own(here(folded));
            long bytes = Memory.extBytes(size());
            return new DeviceProductRounds(memory, both.slice(0, bytes), both.slice(bytes, bytes), size());
        } catch (RuntimeException | Error e) {
            Closing.after(e, memory::close);
            throw e;
        }
    }

    @Override
    public LadderArrays ladder(PassResult u, QM31[] point) {
        Workspace memory = Workspace.of(site);
        try {
            return new DeviceLadder(memory, memory.own(here(u)), point);
        } catch (RuntimeException | Error e) {
            Closing.after(e, memory::close);
            throw e;
        }
    }
}
