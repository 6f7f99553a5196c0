package main

import (
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
	var archive io.Reader = os.Stdin
	if cmd.File != "-" {
		file, err := os.Open(cmd.File)
		if err != nil {
			return err
		}
		defer file.Close()
		archive = file
	}
	folder := of.folder(s)
	at, err := eventnode.Open(eventnode.Config{Dir: folder, Log: s.log()})
	if errors.Is(err, eventnode.ErrInUse) {
		return fmt.Errorf("%w: stop the skein that runs there, for only then can be imported", err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.Close()) }()
	done, err := at.Import(ctx, archive)
	if err != nil {
		return fmt.Errorf("%w; %d events before that are there now, and the same import can be repeated", err, done.Events)
	}
	_, err = fmt.Fprintf(s.out, "%d events imported; the last is at position %d\n", done.Events, done.Position)
	return err
}
