package feed

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// Pauses double from the first to the longest, and those who begin together do not go
// on in step: each rests for a time between half of its pause and the whole.
func TestWaiting(t *testing.T) {
	t.Parallel()
	for range 20 {
		synctest.Test(t, func(t *testing.T) {
			mine, yours, apart := patient(), patient(), 0
			for want := 50 * time.Millisecond; want < 4*time.Second; want *= 2 {
				one, other := rested(t, &mine, want), rested(t, &yours, want)
				if one != other {
					apart++
				}
			}
			if apart < 5 {
				t.Errorf("in step but for %d pauses", apart)
			}
		})
	}
}

// rested is how long somebody rests for a pause.
func rested(t *testing.T, w *waiting, pause time.Duration) time.Duration {
	t.Helper()
	pause = min(pause, time.Second)
	began := time.Now()
	if err := w.rest(t.Context()); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	if took < pause/2 || took > pause {
		t.Errorf("rested for %s of %s", took, pause)
	}
	return took
}

// Nobody rests any longer when it is over.
func TestWaitingIsOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := waiting{time.Hour, time.Hour}
		over, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := w.rest(over); err == nil || time.Since(began) != time.Second {
			t.Errorf("rested for %s: %v", time.Since(began), err)
		}
	})
}
