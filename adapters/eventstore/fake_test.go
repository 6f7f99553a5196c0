package eventstore_test

import (
	"io"
	"net"
	"path/filepath"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

type (
	proposed = []*streams.AppendReq_ProposedMessage
	mood     = func(*moody, proposed) (*streams.AppendResp, error)
)

// moody is a server that answers each append with the next of its moods. A nil mood
// is not to listen at all.
type moody struct {
	streams.UnimplementedStreamsServer
	moods chan mood
	sent  chan proposed
	kept  []*streams.ReadResp
}

// inMoods is a server with the given moods, and where it is reached.
func inMoods(t *testing.T, moods ...mood) (m *moody, target string) {
	t.Helper()
	m = &moody{moods: make(chan mood, len(moods)), sent: make(chan proposed, len(moods))}
	for _, mood := range moods {
		m.moods <- mood
	}
	return m, m.serve(t)
}

func (m *moody) Append(s streams.Streams_AppendServer) error {
	mood := <-m.moods
	if mood == nil {
		m.sent <- nil
		return status.Error(codes.InvalidArgument, "too long to listen to")
	}
	var events proposed
	for {
		r, err := s.Recv()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if e := r.GetProposedMessage(); e != nil {
			events = append(events, e)
		}
	}
	m.sent <- events
	answer, err := mood(m, events)
	if err != nil {
		return err
	}
	return s.SendAndClose(answer)
}

func (m *moody) Read(_ *streams.ReadReq, s streams.Streams_ReadServer) error {
	for _, e := range m.kept {
		if err := s.Send(e); err != nil {
			return err
		}
	}
	return nil
}

// keep keeps events as though they had been recorded.
func (m *moody) keep(events proposed) {
	for i, e := range events {
		kept := &streams.ReadResp_ReadEvent_RecordedEvent{
			Id: e.Id, StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte("contact-lab.ada")},
			StreamRevision: uint64(i), CommitPosition: uint64(100 + i), PreparePosition: uint64(100 + i),
			Metadata: map[string]string{"type": e.Metadata["type"], "created": "0", "content-type": "application/json"},
			Data:     e.Data, CustomMetadata: e.CustomMetadata,
		}
		m.kept = append(m.kept, &streams.ReadResp{Content: &streams.ReadResp_Event{Event: &streams.ReadResp_ReadEvent{Event: kept}}})
	}
}

// serve has m served, and returns where.
func (m *moody) serve(t *testing.T) (target string) {
	t.Helper()
	return serving(t, m)
}

// serving has a server served, and returns where.
func serving(t *testing.T, s streams.StreamsServer) (target string) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "moody.sock")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	streams.RegisterStreamsServer(server, s)
	served := make(chan error)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Stop()
		<-served
	})
	return "unix://" + socket
}
