package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// bench measures this tree. Its other subcommand is what it is measured against.
type bench struct {
	Measure measure   `cmd:"" default:"withargs" help:"Measure this tree beside the limits of this machine. Data lies in a folder for temporary files (TMPDIR), which should be on the disk that counts."`
	People  people    `cmd:"" help:"Merge and unmerge the true pairs of a data set through the API, and compare every contact with what it was before."`
	Bare    bare      `cmd:"" hidden:"" help:"Serve what the product is measured against."`
	Node    nodeAlone `cmd:"" hidden:"" help:"Serve an event node and nothing else."`
}

// measure prints a table of what this tree can do beside what the machine can do
// without it. Both are measured in turns, round by round, so that whatever else
// the machine does meets both alike; what counts are the ratios within a round.
type measure struct {
	Rounds  int      `env:"SKEIN_BENCH_ROUNDS" default:"5" help:"How often each row is measured."`
	Quick   bool     `env:"SKEIN_BENCH_QUICK" help:"Small sizes and short times, to see that all of it works."`
	Only    []string `env:"SKEIN_BENCH_ONLY" placeholder:"ROW" enum:"commands,lag,rebuild,unmerge,suggestions,past,verify,memory,start,appends,engine,reads,growth,access,overview,deletion" help:"Measure only these rows: ${enum}."`
	Million bool     `env:"SKEIN_BENCH_MILLION" help:"Merge and unmerge in a space of a million contacts too, which takes minutes to fill."`
	JSON    bool     `env:"SKEIN_JSON" help:"Print JSON with the figures of every round."`
	Profile string   `env:"SKEIN_BENCH_PROFILE" type:"path" placeholder:"FOLDER" help:"Measure nothing, and write there where commands spend their time."`
}

// rows are what can be measured, in the order of the table.
var rows = []struct {
	name    string
	measure func(*lab, context.Context) error
}{
	{"commands", (*lab).commands},
	{"lag", (*lab).lag},
	{"rebuild", (*lab).rebuild},
	{"unmerge", (*lab).unmerge},
	{"suggestions", (*lab).suggestions},
	{"past", (*lab).past},
	{"verify", (*lab).verify},
	{"memory", (*lab).memory},
	{"start", (*lab).start},
	{"appends", (*lab).appends},
	{"engine", (*lab).engine},
	{"reads", (*lab).reads},
	{"growth", (*lab).growth},
	{"access", (*lab).access},
	{"overview", (*lab).overview},
	{"deletion", (*lab).deletion},
}

// sizes are how much is measured, and for how long.
type sizes struct {
	burst     time.Duration // for which clients ask at full speed
	steady    time.Duration // for which events are offered at an even pace
	crowd     int           // contacts there are while events are offered
	events    int           // rebuilt, or read
	spaces    []int         // contacts of the spaces in which some are merged
	pairs     int           // merged in each of them
	contacts  int           // imported
	journal   []int         // events of a node that grows
	messages  []int         // of contacts that are merged
	story     int           // events of a contact with a long history
	strangers int           // contacts that may be one with others
}

var (
	full  = sizes{3 * time.Second, 5 * time.Second, 20_000, 100_000, []int{1_000, 10_000, 100_000}, 100, 100_000, []int{10_000, 100_000, 1_000_000, 10_000_000}, []int{10, 1_000, 10_000, 100_000}, 10_000, 50_000}
	quick = sizes{300 * time.Millisecond, time.Second, 1_000, 10_000, []int{100, 1_000, 5_000}, 20, 2_000, []int{10_000, 100_000}, []int{10, 100, 1_000}, 1_000, 2_000}
)

// lab is where things are measured.
type lab struct {
	sizes
	report
	rounds int
	folder string
	err    io.Writer // is told how far it is
	people counter
}

// Run measures row by row. What was found is printed also when something fails.
func (cmd measure) Run(ctx context.Context, s *settings) (err error) {
	l, done, err := s.lab()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	l.rounds = cmd.Rounds
	if cmd.Quick {
		l.sizes = quick
	}
	if cmd.Million {
		l.spaces = append(slices.Clip(l.spaces), 1_000_000)
	}
	if cmd.Profile != "" {
		return l.profile(ctx, cmd.Profile)
	}
	for _, row := range rows {
		if len(cmd.Only) > 0 && !slices.Contains(cmd.Only, row.name) {
			continue
		}
		if err = row.measure(l, ctx); ctx.Err() != nil {
			err = context.Cause(ctx) // and not what fails because of it
		}
		if err != nil {
			err = fmt.Errorf("measure %s: %w", row.name, err)
			break
		}
	}
	return errors.Join(err, l.print(s.out, cmd.JSON))
}

// lab sets up a lab of full size in a folder of its own, which goes with it when it is done.
func (s *settings) lab() (l *lab, done func() error, err error) {
	folder, err := os.MkdirTemp("", "skein-bench-")
	if err != nil {
		return nil, nil, err
	}
	done = func() error {
		homes, _ := filepath.Glob(filepath.Join(folder, "*"))
		return sweep(append(homes, folder)...)
	}
	if err := os.Chmod(folder, 0o711); err != nil { // Postgres may have to pass as another user
		return nil, nil, errors.Join(err, done())
	}
	return &lab{sizes: full, rounds: 1, folder: folder, err: s.err}, done, nil
}

// each measures a row round by round.
func (l *lab) each(ctx context.Context, row string, measure func() error) error {
	l.row = row
	for round := 1; round <= l.rounds; round++ {
		fmt.Fprintf(l.err, "%s: round %d of %d\n", row, round, l.rounds)
		before := cpuNow()
		if err := measure(); err != nil {
			return err
		}
		l.Rounds = append(l.Rounds, disturbance{row, round, cpuNow().stolenSince(before)})
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// home is a data folder in the lab.
func (l *lab) home(name string) string { return filepath.Join(l.folder, name) }

// sweep removes data folders, and the databases of theirs that had to lie elsewhere.
func sweep(folders ...string) (err error) {
	for _, folder := range folders {
		if far, _ := filepath.EvalSymlinks(filepath.Join(folder, "postgres")); far != "" {
			err = errors.Join(err, os.RemoveAll(far))
		}
		err = errors.Join(err, os.RemoveAll(folder))
	}
	return err
}
