package dev.chagres.ffm;

/// What weights of claims are made of, on a device.
///
/// @param tables ext array that the terms read
/// @param entries of it
/// @param terms table of [ClaimTerm]s
/// @param termCount how many
/// @param runs table of [ClaimRun]s
/// @param runCount how many
public record ClaimTables(DeviceBuffer tables, long entries, DeviceBuffer terms, long termCount, DeviceBuffer runs,
        long runCount) {}
