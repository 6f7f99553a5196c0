package main

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// nodeExport writes all events.
type nodeExport struct {
	File string `arg:"" optional:"" default:"-" help:"File to write, which must not exist yet. Not given, or -: standard output."`
}

// Run writes the events there are. A file gets its name when it is whole.
func (cmd nodeExport) Run(ctx context.Context, s *settings, of *node) error {
	return of.operate(ctx, s, func(at operator) (err error) {
		if cmd.File == "-" {
			return at.Export(ctx, s.out)
		}
		if _, err := os.Stat(cmd.File); err == nil {
			return fmt.Errorf("%s is there already: name a file that is not", cmd.File)
		}
		file, err := begin(cmd.File)
		if err != nil {
			return err
		}
		defer func() {
			if err != nil {
				err = errors.Join(err, os.Remove(file.Name()))
			}
		}()
		defer file.Close()
		if err := at.Export(ctx, file); err != nil {
			return err
		}
		if err := file.Sync(); err != nil {
			return err
		}
		info, err := file.Stat()
		if err != nil {
			return err
		}
		if err := os.Rename(file.Name(), cmd.File); err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "Exported to %s, %s\n", cmd.File, megabytes(info.Size()))
		return err
	})
}
