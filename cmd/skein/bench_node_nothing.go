package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// nothing is what can be called of a server that does nothing: the limit of what goes
// over a socket, without regard to what it is.
var nothing = grpc.ServiceDesc{
	ServiceName: "nothing",
	HandlerType: (*any)(nil),
	Methods: []grpc.MethodDesc{{MethodName: "Call", Handler: func(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		return &emptypb.Empty{}, decode(&wrapperspb.BytesValue{})
	}}},
	Streams: []grpc.StreamDesc{{StreamName: "Stream", ServerStreams: true, Handler: func(_ any, to grpc.ServerStream) error {
		var wanted wrapperspb.UInt64Value
		err := to.RecvMsg(&wanted)
		for n := uint64(0); n < wanted.Value && err == nil; n++ {
			err = to.SendMsg(&wrapperspb.BytesValue{Value: sheets()[0].Data})
		}
		return err
	}}},
}

// void is a server that does nothing, over the kind of socket that a node has.
type void struct {
	server *grpc.Server
	conn   *grpc.ClientConn // to call nothing
	client *esdb.Client     // to say what one says to a node
}

// openVoid serves in this process.
func (l *lab) openVoid() (*void, error) {
	listener, err := net.Listen("unix", l.home("s"))
	if err != nil {
		return nil, err
	}
	v := &void{server: grpc.NewServer(grpc.WriteBufferSize(64 << 10))}
	v.server.RegisterService(&nothing, nil)
	streams.RegisterStreamsServer(v.server, parrot{})
	go func() { _ = v.server.Serve(listener) }()
	target := "unix://" + listener.Addr().String()
	if v.conn, err = grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials())); err == nil {
		v.client, err = plainClient(target)
	}
	if err != nil {
		v.server.Stop()
		return nil, err
	}
	return v, nil
}

func (v *void) close() error {
	defer v.server.Stop()
	return errors.Join(v.client.Close(), v.conn.Close())
}

// call sends an event's worth of bytes and awaits an empty answer.
func (v *void) call(ctx context.Context) error {
	return v.conn.Invoke(ctx, "/nothing/Call", &wrapperspb.BytesValue{Value: sheets()[0].Data}, &emptypb.Empty{})
}

// stream receives so many times an event's worth of bytes.
func (v *void) stream(ctx context.Context, events int) error {
	from, err := v.conn.NewStream(ctx, &nothing.Streams[0], "/nothing/Stream")
	if err != nil {
		return err
	}
	if err := from.SendMsg(wrapperspb.UInt64(uint64(events))); err != nil {
		return err
	}
	if err := from.CloseSend(); err != nil {
		return err
	}
	for n := 0; ; n++ {
		if err := from.RecvMsg(&wrapperspb.BytesValue{}); errors.Is(err, io.EOF) && n == events {
			return nil
		} else if err != nil {
			return fmt.Errorf("nothing ends after %d messages: %w", n, err)
		}
	}
}

// parrot says what a node says, whatever it is asked: the limit of what the client can
// take.
type parrot struct {
	streams.UnimplementedStreamsServer
}

// Append implements streams.StreamsServer.
func (parrot) Append(call streams.Streams_AppendServer) error {
	for {
		if _, err := call.Recv(); errors.Is(err, io.EOF) {
			return call.SendAndClose(&streams.AppendResp{Result: &streams.AppendResp_Success_{Success: &streams.AppendResp_Success{
				CurrentRevisionOption: &streams.AppendResp_Success_CurrentRevision{CurrentRevision: 1},
				PositionOption:        &streams.AppendResp_Success_Position{Position: &streams.AppendResp_Position{CommitPosition: 1, PreparePosition: 1}},
			}}})
		} else if err != nil {
			return err
		}
	}
}

// Read implements streams.StreamsServer.
func (parrot) Read(asked *streams.ReadReq, call streams.Streams_ReadServer) error {
	var e grpc.PreparedMsg // encoded once
	if err := e.Encode(call, &streams.ReadResp{Content: &streams.ReadResp_Event{Event: &streams.ReadResp_ReadEvent{
		Event: &streams.ReadResp_ReadEvent_RecordedEvent{
			Id:               &shared.UUID{Value: &shared.UUID_Structured_{Structured: &shared.UUID_Structured{MostSignificantBits: -1, LeastSignificantBits: -1}}},
			StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte("contact-00000000")},
			Metadata:         map[string]string{"type": sheets()[0].EventType, "created": "17000000000000000", "content-type": "application/json"},
			Data:             sheets()[0].Data,
		},
		Position: &streams.ReadResp_ReadEvent_CommitPosition{CommitPosition: 1},
	}}}); err != nil {
		return err
	}
	for range asked.GetOptions().GetCount() {
		if err := call.SendMsg(&e); err != nil {
			return err
		}
	}
	return nil
}
