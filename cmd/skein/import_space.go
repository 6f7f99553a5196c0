package main

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"skein/commands"
	"skein/domain"
	"skein/domain/audit"
	"skein/domain/organization"
)

// importSpace makes a new space of the archive of another one.
type importSpace struct {
	File         string `arg:"" type:"existingfile" help:"Archive, as an export of a space gives it."`
	Organization string `env:"SKEIN_ORGANIZATION" default:"${first}" help:"Organization that the space is made in."`
	Name         string `env:"SKEIN_SPACE_NAME" help:"Name of the space. Not set: the one it had."`
}

// longestEvent is how long a line of an archive can be: an event is at most 1 MiB.
const longestEvent = 4 << 20

// Run imports the archive. When it is broken off, it goes on when it is run again.
func (cmd importSpace) Run(ctx context.Context, s *settings) (err error) {
	file, err := zip.OpenReader(cmd.File)
	if err != nil {
		return fmt.Errorf("%s is no archive of a space, or it is cut off: %w", cmd.File, err)
	}
	defer file.Close()
	about, err := readArchive(&file.Reader)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	h, err := enter(ctx, s, withJournal)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	do, err := h.commandsOn(ctx, s, nil)
	if err != nil {
		return err
	}
	bar, seen := s.bar(int64(3*about.Events), "importing"), int64(0) // each event is looked at, recorded, and looked at for what it names
	defer bar.done()
	done, err := do.ImportSpace(ctx, h.journal, domain.By{Actor: "system:import"}, organization.ID(cmd.Organization), cmd.Name, about,
		archivedEvents(&file.Reader), func() { seen++; bar.reach(seen) })
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	by := domain.By{Actor: "system:import", Key: string(done.ID)} // so that it is noted once, also when that was broken off
	if err := noteLocal(ctx, do, by, organization.ID(cmd.Organization), "importSpace", audit.About{Space: done.ID}); err != nil {
		return err
	}
	if done.Before {
		_, err = fmt.Fprintf(s.out, "the archive was imported before: it is space %s\n", done.ID)
		return err
	}
	fmt.Fprintf(s.out, "space %s, %q: %d events imported\n", done.ID, done.Name, about.Events)
	if done.Mailboxes > 0 {
		fmt.Fprintf(s.out, "its mailboxes (%d) are not connected: connect them anew\n", done.Mailboxes)
	}
	return nil
}

// readArchive reads what an archive says of its space.
func readArchive(file *zip.Reader) (about commands.Archive, err error) {
	said, err := file.Open("space.json")
	if err != nil {
		return about, errors.New("this is no archive of a space: it has no space.json")
	}
	defer said.Close()
	if err := json.NewDecoder(io.LimitReader(said, longestEvent)).Decode(&about); err != nil {
		return about, fmt.Errorf("its space.json cannot be read: %w", err)
	}
	if about.Format > commands.ArchiveFormat {
		return about, commands.ErrArchiveVersion
	}
	known := []string{"README.txt", "contacts.csv", "events.ndjson", "space.json"}
	for _, f := range file.File {
		if !slices.Contains(known, f.Name) {
			return about, fmt.Errorf("it holds %q, which no archive of this version has", f.Name)
		}
	}
	return about, nil
}

// archivedEvents yields the events of an archive, one at a time, each time it is called.
func archivedEvents(file *zip.Reader) commands.Events {
	return func(yield func(domain.Recorded, error) bool) {
		events, err := file.Open("events.ndjson")
		if err != nil {
			yield(domain.Recorded{}, errors.New("this is no archive of a space: it has no events.ndjson"))
			return
		}
		defer events.Close()
		lines := bufio.NewScanner(events)
		lines.Buffer(make([]byte, 0, 1<<16), longestEvent)
		for n := 1; lines.Scan(); n++ {
			r, err := archivedEvent(lines.Bytes())
			if err != nil {
				err = fmt.Errorf("line %d of its events.ndjson: %w: it is damaged, or was written by a newer version", n, err)
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(domain.Recorded{}, fmt.Errorf("its events.ndjson is damaged: %w", err))
		}
	}
}

// archivedEvent reads a line of an archive.
func archivedEvent(line []byte) (domain.Recorded, error) {
	var one commands.Archived
	if err := json.Unmarshal(line, &one); err != nil {
		return domain.Recorded{}, err
	}
	e, err := codec.Decode(one.Kind, one.Data)
	return domain.Recorded{
		Event: e, Stream: one.Stream, Revision: one.Revision,
		Moment: domain.Moment{Position: one.Position, At: one.At, By: one.By},
	}, err
}
