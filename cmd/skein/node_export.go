package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
		file, err := os.CreateTemp(filepath.Dir(cmd.File), filepath.Base(cmd.File)+".unfinished-")
		if err != nil {
			return err
		}
		defer func() {
			if err != nil {
				err = errors.Join(err, os.Remove(file.Name()))
			}
		}()
		if err := errors.Join(at.Export(ctx, file), file.Sync(), file.Close()); err != nil {
			return err
		}
		info, err := os.Stat(file.Name())
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
