package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"skein/adapters/eventnode"
	"skein/adapters/eventstore"
	"skein/domain"
)

// nodeCopy copies a journal from one store to another.
type nodeCopy struct {
	From     string `required:"" env:"SKEIN_COPY_FROM" placeholder:"STORE" help:"Where to copy from: a connection string such as esdb://user:password@host:2113, the socket unix:///…/node.sock, a data folder, or the folder of an event node. As a variable a password is not seen by others."`
	To       string `required:"" env:"SKEIN_COPY_TO" placeholder:"STORE" help:"Where to copy to, written like --from: a store that is empty, or was filled from the same source. A folder need not exist yet."`
	Renumber bool   `env:"SKEIN_COPY_RENUMBER" help:"Number streams anew whose beginning was scavenged at the source, for a store begins every stream with revision 0. Not set: such a stream ends the copy."`
	Follow   bool   `env:"SKEIN_COPY_FOLLOW" help:"Go on with what is recorded meanwhile, until Ctrl-C."`
}

// Help implements kong.HelpProvider.
func (nodeCopy) Help() string {
	return `Copies all events in their order, with ids, types, data, metadata and revisions, and descriptions, deletions and tombstones of streams. What a store keeps for itself (streams that begin with $) stays. Stop what writes to the source, or use --follow until it is stopped.

Between two folders everything is copied as it is, positions and times too. Otherwise the target gives positions and times of its own; the product goes by the first time of an event, which goes along as "$created" in metadata that are a JSON object or empty.

A copy that was broken off is gone on with by the same command. Read models hold positions of the journal they were told from: give a journal that was copied event by event an empty database, which is filled from it.`
}

// Run copies, and says what was copied.
func (cmd nodeCopy) Run(ctx context.Context, s *settings) error {
	from, err := storeNamed(cmd.From)
	if err != nil {
		return fmt.Errorf("--from: %w", err)
	}
	to, err := storeNamed(cmd.To)
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	if from == to {
		return errors.New("--from and --to are the same store")
	}
	if from.folder != "" {
		if found, err := eventnode.Exists(from.folder); err != nil || !found {
			return errors.Join(err, fmt.Errorf("there is no event store in %s: name a data folder, the folder of an event node, or a connection string with --from", cmd.From))
		}
	}
	if from.folder != "" && to.folder != "" && !cmd.Follow {
		done, err := cmd.whole(ctx, s, from.folder, to.folder)
		if !errors.Is(err, errOtherwise) {
			return errors.Join(err, tellWhole(s.out, done))
		}
	}
	return cmd.each(ctx, s, from, to)
}

// errOtherwise says that a copy has to go event by event.
var errOtherwise = errors.New("the store was filled in another way, or is in use")

// whole copies all of a folder into another that no node has open and that holds
// nothing else, with positions and times.
func (cmd nodeCopy) whole(ctx context.Context, s *settings, from, to string) (done eventnode.Imported, err error) {
	err = (&node{Folder: from}).operate(ctx, s, func(source operator) (err error) {
		target, err := eventnode.Open(eventnode.Config{Dir: to, Log: s.log()})
		if errors.Is(err, eventnode.ErrInUse) {
			return errOtherwise
		}
		if err != nil {
			return err
		}
		defer func() { err = cmp.Or(err, target.Close()) }()
		archive, writer := io.Pipe()
		exported := make(chan error, 1)
		go func() {
			err := source.Export(ctx, writer)
			exported <- errors.Join(err, writer.CloseWithError(err))
		}()
		done, err = target.Import(ctx, archive)
		archive.CloseWithError(err)
		return cmp.Or(err, <-exported)
	})
	if errors.Is(err, eventnode.ErrOther) && done.Events == 0 {
		return done, errOtherwise
	}
	return done, err
}

func tellWhole(out io.Writer, done eventnode.Imported) error {
	_, err := fmt.Fprintf(out, "%d events copied as they are; the last is at position %d\n", done.Events, done.Position)
	return err
}

// each copies event by event.
func (cmd nodeCopy) each(ctx context.Context, s *settings, from, to named) (err error) {
	source, closeSource, err := from.open(s)
	if err != nil {
		return fmt.Errorf("--from: %w", err)
	}
	defer func() { err = cmp.Or(err, closeSource()) }()
	_, err = eventstore.NewJournal(source, codec).End(ctx) // before the target is made for nothing
	switch {
	case ctx.Err() != nil:
		return errBrokenOff
	case err != nil:
		return fmt.Errorf("--from: %w", err)
	}
	target, closeTarget, err := to.open(s)
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	defer func() { err = cmp.Or(err, closeTarget()) }()
	bar := s.bar(math.MaxInt64, "copying")
	began := time.Now()
	done, err := eventstore.Copy{
		From: source, To: target, Renumber: cmd.Renumber, Follow: cmd.Follow,
		Progress: func(at, end domain.Position) { bar.of(int64(end)); bar.reach(int64(at)) },
	}.Run(ctx)
	bar.done()
	tellEach(s.out, done, time.Since(began))
	switch {
	case ctx.Err() != nil && cmd.Follow:
		return nil
	case ctx.Err() != nil:
		return errors.New("the copy was broken off: the same command goes on with it")
	case errors.Is(err, eventstore.ErrBeheaded):
		return fmt.Errorf("%w with --renumber", err)
	}
	return err
}

func tellEach(out io.Writer, done eventstore.Copied, took time.Duration) {
	if done.After > 0 {
		fmt.Fprintf(out, "Gone on behind position %d of the source\n", done.After)
	}
	fmt.Fprintf(out, "%d events of %d new streams copied, %s in %s (%.0f events/s), up to position %d of the source\n",
		done.Events, done.Streams, megabytes(done.Bytes), took.Round(time.Millisecond), float64(done.Events)/took.Seconds(), done.At)
	for _, told := range []struct {
		n     int
		about string
	}{
		{done.Descriptions, "descriptions of streams copied"},
		{done.Tombstones, "streams ended for ever"},
		{done.Left, "events of the source store itself left there"},
		{done.Renumbered, "streams numbered anew"},
		{done.Undated, "events whose metadata cannot tell their first time: it is that of the copy"},
	} {
		if told.n > 0 {
			fmt.Fprintf(out, "%d %s\n", told.n, told.about)
		}
	}
	if done.Events > 0 {
		fmt.Fprintln(out, "Positions differ at the target: let skein serve fill an empty database from it")
	}
}
