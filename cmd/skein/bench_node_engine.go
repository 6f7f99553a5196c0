package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// engine measures the event node without the network, beside Pebble with the same
// options and three keys for each event. What the node has inside is nobody's business
// but its own benchmark's; so that is what runs, if its source and Go are here.
func (l *lab) engine(ctx context.Context) error {
	program := l.home("engine")
	build := exec.CommandContext(ctx, "go", "test", "-c", "-o", program, "skein/adapters/eventnode")
	if said, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(l.err, "engine: left out; it takes Go, and skein's source in the current folder: %v\n%s", err, said)
		return nil
	}
	return l.each(ctx, "engine", func() error {
		run := exec.CommandContext(ctx, program, "-test.run", "^$", "-test.bench", "^BenchmarkEngine$", "-test.benchtime", l.burst.String())
		run.Dir = l.folder
		run.Stderr = l.err
		said, err := run.Output()
		if err != nil {
			return err
		}
		return l.noteEngine(string(said))
	})
}

// benched is a line of a benchmark: who did it, how many at a time, and how often in
// a second.
var benched = regexp.MustCompile(`(?m)^BenchmarkEngine/(pebble|append)/(\d+)\S*\s.*?([\d.]+) op/s`)

func (l *lab) noteEngine(said string) error {
	found := map[string]float64{}
	var writers []string
	for _, m := range benched.FindAllStringSubmatch(said, -1) {
		perSecond, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			return err
		}
		if found[m[1]+m[2]] = perSecond; m[1] == "append" {
			writers = append(writers, m[2])
		}
	}
	if len(writers) == 0 {
		return fmt.Errorf("the benchmark of the engine says nothing that is understood: %s", strings.TrimSpace(said))
	}
	for _, many := range writers {
		l.note("writers: "+many+", beside Pebble, three keys each", "/s", found["append"+many], found["pebble"+many], atLeastTimes(0.8))
	}
	return nil
}
