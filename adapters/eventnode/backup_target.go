package eventnode

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// beyond refuses a folder that is there already, or would lie in that of the store.
func (s *store) beyond(dir string) error {
	files := s.folder.fs
	switch _, err := files.Stat(dir); {
	case err == nil:
		return fs.ErrExist
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if s.folder.cfg.FS != nil {
		return nil
	}
	to, err := leadsTo(dir)
	if err != nil {
		return err
	}
	from, err := leadsTo(s.folder.cfg.Dir)
	if err != nil {
		return err
	}
	if within, err := filepath.Rel(from, to); err == nil && filepath.IsLocal(within) {
		return errors.New("it lies in the folder of the store: name one elsewhere")
	}
	return nil
}

// leadsTo is where a path leads, though its end may not be there yet.
func leadsTo(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	there, err := filepath.EvalSymlinks(path)
	if up := filepath.Dir(path); errors.Is(err, fs.ErrNotExist) && up != path {
		there, err = leadsTo(up)
		return filepath.Join(there, filepath.Base(path)), err
	}
	return there, err
}
