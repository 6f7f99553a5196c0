package eventnode_test

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"skein/adapters/eventnode"
)

// nothing is a gRPC service that does nothing: the limit of what the network can do.
var nothing = grpc.ServiceDesc{
	ServiceName: "nothing",
	HandlerType: (*any)(nil),
	Methods: []grpc.MethodDesc{{
		MethodName: "Call",
		Handler: func(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			return &wrapperspb.BoolValue{}, decode(&wrapperspb.BytesValue{})
		},
	}},
	Streams: []grpc.StreamDesc{{
		StreamName: "Stream", ServerStreams: true,
		Handler: func(_ any, stream grpc.ServerStream) error {
			var n wrapperspb.UInt64Value
			if err := stream.RecvMsg(&n); err != nil {
				return err
			}
			payload := &wrapperspb.BytesValue{Value: make([]byte, 300)}
			for range n.Value {
				if err := stream.SendMsg(payload); err != nil {
					return err
				}
			}
			return nil
		},
	}},
}

func dialNothing(b *testing.B) *grpc.ClientConn {
	l, err := net.Listen("unix", filepath.Join(b.TempDir(), "s"))
	require.NoError(b, err)
	s := grpc.NewServer()
	s.RegisterService(&nothing, nil)
	go s.Serve(l)
	b.Cleanup(s.Stop)
	conn, err := grpc.NewClient("unix://"+l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(b, err)
	b.Cleanup(func() { conn.Close() })
	return conn
}

// repeater is a server that sends one event over and over: the limit of what the
// client can take.
type repeater struct {
	streams.UnimplementedStreamsServer
	events int
}

func (r repeater) Read(_ *streams.ReadReq, call streams.Streams_ReadServer) error {
	e := &streams.ReadResp{Content: &streams.ReadResp_Event{Event: &streams.ReadResp_ReadEvent{
		Event: &streams.ReadResp_ReadEvent_RecordedEvent{
			Id:               &shared.UUID{Value: &shared.UUID_Structured_{Structured: &shared.UUID_Structured{MostSignificantBits: -1, LeastSignificantBits: -1}}},
			StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte("ada")},
			Metadata:         map[string]string{"type": "said", "created": "17000000000000000", "content-type": "application/json"},
			CustomMetadata:   []byte(`{"by":"ada"}`),
			Data:             make([]byte, 300),
		},
		Position: &streams.ReadResp_ReadEvent_CommitPosition{CommitPosition: 1},
	}}}
	for range r.events {
		if err := call.Send(e); err != nil {
			return err
		}
	}
	return nil
}

func dialRepeater(b *testing.B, events int) *esdb.Client {
	l, err := net.Listen("unix", filepath.Join(b.TempDir(), "s"))
	require.NoError(b, err)
	s := grpc.NewServer()
	streams.RegisterStreamsServer(s, repeater{events: events})
	go s.Serve(l)
	b.Cleanup(s.Stop)
	return dialTarget(b, "unix://"+l.Addr().String())
}

// together runs b.N operations by so many at a time.
func together(b *testing.B, many int, operation func(by int)) {
	var left atomic.Int64
	left.Store(int64(b.N))
	var all sync.WaitGroup
	b.ResetTimer()
	for by := range many {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				operation(by)
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "op/s")
}

func spoken() []esdb.EventData {
	e := said(0, 1)
	e[0].Data = make([]byte, 300)
	return e
}

// BenchmarkAppend appends through the client, beside calls that do nothing.
func BenchmarkAppend(b *testing.B) {
	for _, writers := range []int{1, 32, 256} {
		b.Run(fmt.Sprintf("nothing/%d", writers), func(b *testing.B) {
			conn := dialNothing(b)
			payload := &wrapperspb.BytesValue{Value: make([]byte, 300)}
			together(b, writers, func(int) {
				require.NoError(b, conn.Invoke(b.Context(), "/nothing/Call", payload, &wrapperspb.BoolValue{}))
			})
		})
		b.Run(fmt.Sprintf("append/%d", writers), func(b *testing.B) {
			c := dial(b, start(b, eventnode.Config{}))
			together(b, writers, func(by int) {
				_, err := c.AppendToStream(b.Context(), fmt.Sprint("stream-", by), esdb.AppendToStreamOptions{}, spoken()...)
				require.NoError(b, err)
			})
		})
	}
}

// BenchmarkRead reads and follows through the client, beside a stream of nothing.
func BenchmarkRead(b *testing.B) {
	const events = 50_000
	perSecond := func(b *testing.B) {
		b.ReportMetric(float64(b.N)*events/b.Elapsed().Seconds(), "events/s")
	}
	b.Run("nothing", func(b *testing.B) {
		conn := dialNothing(b)
		for range b.N {
			s, err := conn.NewStream(b.Context(), &nothing.Streams[0], "/nothing/Stream")
			require.NoError(b, err)
			require.NoError(b, s.SendMsg(&wrapperspb.UInt64Value{Value: events}))
			require.NoError(b, s.CloseSend())
			for range events {
				require.NoError(b, s.RecvMsg(&wrapperspb.BytesValue{}))
			}
		}
		perSecond(b)
	})
	b.Run("nothing to the client", func(b *testing.B) {
		c := dialRepeater(b, events)
		for range b.N {
			r, err := c.ReadAll(b.Context(), esdb.ReadAllOptions{}, events)
			require.NoError(b, err)
			for range events {
				_, err := r.Recv()
				require.NoError(b, err)
			}
			r.Close()
		}
		perSecond(b)
	})
	c := dial(b, start(b, eventnode.Config{}))
	for n := 0; n < events; n += 500 {
		batch := said(n, 500)
		for i := range batch {
			batch[i].Data = make([]byte, 300)
		}
		_, err := c.AppendToStream(b.Context(), "ada", esdb.AppendToStreamOptions{}, batch...)
		require.NoError(b, err)
	}
	b.Run("all", func(b *testing.B) {
		for range b.N {
			r, err := c.ReadAll(b.Context(), esdb.ReadAllOptions{}, events)
			require.NoError(b, err)
			for range events {
				_, err := r.Recv()
				require.NoError(b, err)
			}
			r.Close()
		}
		perSecond(b)
	})
	b.Run("stream", func(b *testing.B) {
		for range b.N {
			r, err := c.ReadStream(b.Context(), "ada", esdb.ReadStreamOptions{}, events)
			require.NoError(b, err)
			for range events {
				_, err := r.Recv()
				require.NoError(b, err)
			}
			r.Close()
		}
		perSecond(b)
	})
	b.Run("follow", func(b *testing.B) {
		for range b.N {
			s, err := c.SubscribeToAll(b.Context(), esdb.SubscribeToAllOptions{From: esdb.Start{}})
			require.NoError(b, err)
			for range events {
				nextEvent(b, s)
			}
			s.Close()
		}
		perSecond(b)
	})
}
