package eventnode

import (
	"fmt"
	"log/slog"
)

// pebbleLog passes on what Pebble has to say. Its chatter is for debugging only.
type pebbleLog struct {
	log   *slog.Logger
	guard *guard
}

func (l pebbleLog) Infof(format string, args ...any) {
	l.log.Debug("pebble: " + fmt.Sprintf(format, args...))
}

func (l pebbleLog) Errorf(format string, args ...any) {
	l.log.Error("pebble: " + fmt.Sprintf(format, args...))
}

// Fatalf implements pebble.Logger. The store is left behind, the process goes on.
func (l pebbleLog) Fatalf(format string, args ...any) {
	l.guard.fail(fmt.Errorf("pebble: "+format, args...))
	park()
}
