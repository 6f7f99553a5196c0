package postgres_test

import (
	"context"
	"errors"
	"testing"

	"skein/adapters/postgres"
	"skein/adapters/postgres/postgrestest"
)

// A first start that is interrupted says so, and is not in the way of the next.
func TestPrepareInterrupted(t *testing.T) {
	t.Parallel()
	config := postgrestest.Config(t)
	config.Cache = "" // a new cluster, not a copy of one
	over, stop := context.WithCancel(t.Context())
	stop()
	if _, err := postgres.Prepare(over, config); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	c, err := postgres.Prepare(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
