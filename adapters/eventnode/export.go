package eventnode

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Export writes all events of the store in cfg.Dir, which no node may have open, as an
// archive that Import reads: one JSON object a line.
func Export(cfg Config, w io.Writer) (err error) {
	s, err := openStore(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	last, err := s.check()
	if err != nil {
		return err
	}
	lines := json.NewEncoder(w)
	for e, err := range s.events(1, last, false) {
		if err != nil {
			return err
		}
		if err := lines.Encode(archivedFrom(e)); err != nil {
			return fmt.Errorf("export the event at %d: %w", e.Position, err)
		}
	}
	return nil
}
