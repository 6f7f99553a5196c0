package esdb_test

import (
	"log/slog"
	"os"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/goombaio/namegenerator"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// NAME_GENERATOR names the streams of the tests.
var NAME_GENERATOR = namegenerator.NewNameGenerator(0)

// Container is a node that was started for a test.
type Container struct {
	Endpoint string
	node     *eventnode.Node
}

// Close stops the node.
func (c *Container) Close() {
	if err := c.node.Close(); err != nil {
		panic(err)
	}
}

// CreateEmptyDatabase starts a node without events.
func CreateEmptyDatabase(t *testing.T) (*Container, *esdb.Client) {
	return start(t, t.TempDir())
}

// CreatePopulatedDatabase starts a node with the events that the tests know.
func CreatePopulatedDatabase(t *testing.T) (*Container, *esdb.Client) {
	dir := t.TempDir()
	o, err := eventnode.Open(quiet(dir))
	require.NoError(t, err)
	_, err = o.Import(t.Context(), seed(t))
	require.NoError(t, err)
	require.NoError(t, o.Close())
	return start(t, dir)
}

func start(t *testing.T, dir string) (*Container, *esdb.Client) {
	cfg := quiet(dir)
	cfg.Listen = "127.0.0.1:0"
	n, err := eventnode.Start(cfg)
	require.NoError(t, err)
	c := &Container{Endpoint: n.Target(), node: n}
	return c, GetClient(t, c)
}

func quiet(dir string) eventnode.Config {
	return eventnode.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)}
}

// GetClient is a new client of a node.
func GetClient(t *testing.T, c *Container) *esdb.Client {
	return CreateClient("esdb://"+c.Endpoint+"?tls=false", t)
}

// CreateClient is a new client of what a connection string says.
func CreateClient(connStr string, t *testing.T) *esdb.Client {
	cfg, err := esdb.ParseConnectionString(connStr)
	require.NoError(t, err)
	c, err := esdb.NewClient(cfg)
	require.NoError(t, err)
	return c
}

// GetEnvOrDefault is a variable of the environment.
func GetEnvOrDefault(key, value string) string {
	if v, ok := os.LookupEnv(key); ok {
		return v
	}
	return value
}

// IsESDBVersion20 says whether the server is one of 2020.
func IsESDBVersion20() bool { return false }

// WaitForAdminToBeAvailable has nothing to wait for.
func WaitForAdminToBeAvailable(*testing.T, *esdb.Client) {}
