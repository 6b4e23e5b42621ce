#include "server/inspect_call.h"

#include <algorithm>

namespace sceau::server {
namespace {

using Base = DocumentCall<v1::InspectRequest, v1::InspectResponse>;

class InspectCall final : public Base {
 public:
  InspectCall(grpc::CallbackServerContext* context, const Workshop& workshop)
      : Base(context, workshop, "Inspect") {}

 private:
  Status OnHeader(const v1::InspectRequest& request) override {
    const v1::DocumentHeader& header = request.header();
    return upload().Begin(header.has_size() ? std::optional<int64_t>(header.size()) : std::nullopt,
                          header.sha256());
  }

  Status OnDocument() override {
    SCEAU_ASSIGN_OR_RETURN(inspection_, workshop().engine->inspect(upload().file()));
    return OkStatus();
  }

  StatusOr<bool> Next(v1::InspectResponse& response) override {
    if (!file_sent_) {
      file_sent_ = true;
      *response.mutable_file() = ToWireFile(inspection_);
      return true;
    }
    if (ended_) return false;
    v1::InspectedItems items;
    size_t room = kItemsPerMessage;
    const schemas::PesFacts& pes = inspection_.pes;
    Take(pes.bordereaux, bordereaux_, room, items.mutable_bordereaux());
    Take(pes.pieces_justificatives, pieces_, room, items.mutable_pieces_justificatives());
    Take(pes.signatures, signatures_, room, items.mutable_signatures());
    Take(inspection_.anomalies, anomalies_, room, items.mutable_anomalies());
    if (room < kItemsPerMessage) {
      *response.mutable_items() = std::move(items);
      return true;
    }
    ended_ = true;
    v1::InspectionEnd& end = *response.mutable_end();
    end.set_bordereaux(static_cast<int64_t>(pes.bordereaux.size()));
    end.set_pieces_justificatives(static_cast<int64_t>(pes.pieces_justificatives.size()));
    end.set_signatures(static_cast<int64_t>(pes.signatures.size()));
    end.set_anomalies(static_cast<int64_t>(inspection_.anomalies.size()));
    return true;
  }

  template <typename From, typename To>
  static void Take(const std::vector<From>& from, size_t& taken, size_t& room, To* into) {
    for (; room > 0 && taken < from.size(); ++taken, --room) *into->Add() = ToWire(from[taken]);
  }

  schemas::Inspection inspection_;
  bool file_sent_ = false;
  bool ended_ = false;
  size_t bordereaux_ = 0, pieces_ = 0, signatures_ = 0, anomalies_ = 0;  // sent
};

}  // namespace

grpc::ServerBidiReactor<v1::InspectRequest, v1::InspectResponse>* StartInspect(
    grpc::CallbackServerContext* context, const Workshop& workshop) {
  return Base::Start(std::make_shared<InspectCall>(context, workshop));
}

}  // namespace sceau::server
