package dev.chagres.cli;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.SecurityAccount;
import dev.chagres.proof.ProofSecurity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What commands say of security: for programs every step, for people the figures that count.
final class SecurityFacts {
    private SecurityFacts() {}

    /// What the parameters of a key cost and give: the level that is required and the one that its longest proof
    /// reaches, the expected bytes of that proof's opening and the work of every proof, in hashes.
    ///
    /// @param longest of a key with these parameters
    static Map<String, Object> of(CommitmentParameters p, ProofSecurity.Longest longest) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("rowBits", p.k());
        facts.put("securityRequired", ProofSecurity.requiredBits(p));
        facts.put("securityReached", longest.account().level());
        facts.put("openingBytes", Math.round(longest.openingBytes()));
        facts.put("workHashes", Math.round(longest.workHashes()));
        return facts;
    }

    /// Figures of an account.
    static Map<String, Object> of(SecurityAccount account) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("securityBits", down(account.minimum()));
        facts.put("securityBitsSumOfCosts", down(account.sumOfCosts()));
        facts.put("interactiveBits", down(account.interactive()));
        return facts;
    }

    /// The steps of an account.
    static List<Map<String, Object>> steps(SecurityAccount account) {
        return account.steps().stream().map(s -> {
            Map<String, Object> step = new LinkedHashMap<>();
            step.put("name", s.name());
            step.put("bits", down(s.bits()));
            step.put("workBits", s.workBits());
            step.put("count", s.count());
            return step;
        }).toList();
    }

    /// Two decimals, never rounded up: 99.9999997 is not 100.
    static double down(double bits) {
        return Math.floor(bits * 100) / 100;
    }
}
