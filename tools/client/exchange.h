// A document goes up in pieces and an answer comes back in pieces: what the calls share.
#pragma once

#include <grpcpp/client_context.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "sceau/v1/common.pb.h"
#include "tools/client/channel.h"
#include "tools/client/client.h"
#include "tools/client/convert.h"

namespace sceau::client {

inline constexpr size_t kChunk = 256 * 1024;  // bytes; the contract admits 1 MiB

inline Status Incomplete(std::string_view what) { return Error(Reason::kAnswerIncomplete, what); }

// A call with one small request and one small answer.
template <typename Service, typename Request, typename Response>
Status AskOnce(const Options& options,
               grpc::Status (Service::Stub::*call)(grpc::ClientContext*, const Request&, Response*),
               const Request& request, Response& response) {
  const auto stub = Service::NewStub(NewChannel(options));
  grpc::ClientContext context;
  SetDeadline(options, context);
  return FromGrpc((stub.get()->*call)(&context, request, &response));
}

// Size and SHA-256. Error kInputUnreadable.
StatusOr<v1::DocumentHeader> HeaderOf(const InputFile& document);
StatusOr<v1::ContentHeader> HeaderOf(const Content& content);

// Sends chunks, then the end. False when the server ended the call: its status says why.
template <typename Request, typename Stream>
StatusOr<bool> SendFile(const InputFile& document, Stream& stream) {
  Request request;
  for (int64_t at = 0; at < document.size();) {
    std::string& chunk = *request.mutable_chunk();
    chunk.resize(
        static_cast<size_t>(std::min<int64_t>(document.size() - at, static_cast<int64_t>(kChunk))));
    SCEAU_ASSIGN_OR_RETURN(const size_t got, document.ReadAt(at, chunk.data(), chunk.size()));
    if (got != chunk.size()) return Error(Reason::kInputUnreadable, "the file became shorter");
    if (!stream.Write(request)) return false;
    at += static_cast<int64_t>(got);
  }
  request.mutable_end();
  return stream.Write(request);
}

// Sends the header and the files: the document, then its contents.
template <typename Request, typename Stream>
StatusOr<bool> Upload(const std::vector<const InputFile*>& files, const Request& header,
                      Stream& stream) {
  if (!stream.Write(header)) return false;
  for (const InputFile* file : files) {
    SCEAU_ASSIGN_OR_RETURN(const bool sent, SendFile<Request>(*file, stream));
    if (!sent) return false;
  }
  return stream.WritesDone();
}

// Gives every message to `receiver`; cancels the call when something failed here.
template <typename Answer, typename Response, typename Stream, typename Receiver>
StatusOr<Answer> Receive(grpc::ClientContext& context, Status local, Stream& stream,
                         Receiver& receiver) {
  Response response;
  while (local.ok() && stream.Read(&response)) local = receiver.Take(response);
  if (!local.ok()) context.TryCancel();
  const grpc::Status ended = stream.Finish();
  SCEAU_RETURN_IF_ERROR(local);
  SCEAU_RETURN_IF_ERROR(FromGrpc(ended));
  return receiver.Finish();
}

// Uploads, then receives.
template <typename Answer, typename Response, typename Request, typename Stream, typename Receiver>
StatusOr<Answer> Exchange(grpc::ClientContext& context, const std::vector<const InputFile*>& files,
                          const Request& header, Stream& stream, Receiver& receiver) {
  const StatusOr<bool> sent = Upload(files, header, stream);
  return Receive<Answer, Response>(context, sent.status(), stream, receiver);
}

}  // namespace sceau::client
