package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// disturbance is how much of the processors the host gave to others in a round.
type disturbance struct {
	Row   string  `json:"row"`
	Round int     `json:"round"`
	Steal float64 `json:"steal_percent"`
}

// tolerable is the steal, in percent, above which a round says little.
const tolerable = 25

// cpuTime is what the processors have done since the machine was started, in ticks.
type cpuTime struct{ all, stolen int }

// cpuNow is zero where the system does not tell.
func cpuNow() (t cpuTime) {
	text, _ := os.ReadFile("/proc/stat")
	first, _, _ := strings.Cut(string(text), "\n")
	for i, field := range strings.Fields(first) {
		const steal, last = 8, 8 // guests come behind, and are counted as users already
		n, err := strconv.Atoi(field)
		if err != nil || i > last {
			continue
		}
		t.all += n
		if i == steal {
			t.stolen = n
		}
	}
	return t
}

// stolenSince is the steal in percent.
func (t cpuTime) stolenSince(before cpuTime) float64 {
	return 100 * float64(t.stolen-before.stolen) / float64(max(1, t.all-before.all))
}

// stolen tells of the steal. No round is left out of the table.
func stolen(rounds []disturbance) string {
	var text strings.Builder
	most := 0.0
	for _, r := range rounds {
		most = max(most, r.Steal)
		if r.Steal > tolerable {
			fmt.Fprintf(&text, "Round %d of %s says little: %.0f %% steal.\n", r.Round, r.Row, r.Steal)
		}
	}
	fmt.Fprintf(&text, "Steal: at most %.1f %% in a round. Every round counts above.\n", most)
	return text.String()
}
