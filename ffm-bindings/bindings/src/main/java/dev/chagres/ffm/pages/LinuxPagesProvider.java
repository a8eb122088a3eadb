package dev.chagres.ffm.pages;

import dev.chagres.kernel.Pages;
import dev.chagres.kernel.PagesProvider;
import java.util.Optional;

/// Offers [LinuxPages] where they can be had.
public final class LinuxPagesProvider implements PagesProvider {
    @Override
    public Optional<Pages> pages() {
        return LinuxPages.create();
    }
}
