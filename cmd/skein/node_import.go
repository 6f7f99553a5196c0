package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"skein/adapters/eventnode"
)

// nodeImport adds events that were exported.
type nodeImport struct {
	File string `arg:"" optional:"" default:"-" help:"File to read. Not given, or -: standard input."`
}

// Run imports into the folder, which need not exist yet.
func (cmd nodeImport) Run(ctx context.Context, s *settings, of *node) (err error) {
	archive := bufio.NewReader(os.Stdin)
	if cmd.File != "-" {
		file, err := os.Open(cmd.File)
		if err != nil {
			return err
		}
		defer file.Close()
		archive = bufio.NewReader(file)
	}
	if err := beginsAsArchive(archive); err != nil { // before a store is made for nothing
		return err
	}
	at, err := eventnode.Open(eventnode.Config{Dir: of.folder(s), Log: s.log()})
	if errors.Is(err, eventnode.ErrInUse) {
		return fmt.Errorf("%w: stop the skein that runs there, for only then can be imported", err)
	}
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, at.Close()) }()
	done, err := at.Import(ctx, archive)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return fmt.Errorf("%w; %d events more are there now", errBrokenOff, done.Events)
	}
	if err != nil {
		return fmt.Errorf("%w; %d events before that are there now, and the same import can be repeated", err, done.Events)
	}
	_, err = fmt.Fprintf(s.out, "%d events imported; the last is at position %d\n", done.Events, done.Position)
	return err
}

// beginsAsArchive refuses what cannot be read, or is something else. The archive of an
// empty store is empty.
func beginsAsArchive(r *bufio.Reader) error {
	first, err := r.Peek(1)
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	case first[0] != '{':
		return errors.New("this is no archive of an event node: it begins with something else than an event")
	}
	return nil
}
