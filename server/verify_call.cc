#include "server/verify_call.h"

#include "server/convert.h"
#include "server/document_call.h"
#include "server/report_messages.h"

namespace sceau::server {
namespace {

using Base = DocumentCall<v1::VerifyRequest, v1::VerifyResponse>;

// 0001-01-01 to 9999-12-31, what a Timestamp may hold.
bool IsTimestamp(const google::protobuf::Timestamp& stamp) {
  return stamp.seconds() >= -62135596800 && stamp.seconds() <= 253402300799 && stamp.nanos() >= 0 &&
         stamp.nanos() <= 999999999;
}

constexpr int kMaxContents = 1000;

class VerifyCall final : public Base {
 public:
  VerifyCall(grpc::CallbackServerContext* context, const Workshop& workshop)
      : Base(context, workshop, "Verify") {}

 private:
  Status OnHeader(const v1::VerifyRequest& request) override {
    const v1::VerifyHeader& header = request.header();
    if (header.has_validation_time()) {
      if (!IsTimestamp(header.validation_time())) return Error(Reason::kUsage, "validation_time");
      validation_time_ = ToTime(header.validation_time());
    }
    const v1::DocumentHeader& document = header.document();
    SCEAU_RETURN_IF_ERROR(
        upload().Begin(document.has_size() ? std::optional<int64_t>(document.size()) : std::nullopt,
                       document.sha256()));
    if (header.contents_size() > kMaxContents) return Error(Reason::kUsage, "contents");
    for (const v1::ContentHeader& it : header.contents()) SCEAU_RETURN_IF_ERROR(Expect(it));
    return OkStatus();
  }

  Status OnDocument() override {
    std::vector<Beside> beside;
    for (const Content& it : contents()) beside.push_back({it.name, &it.upload->file()});
    report_ = workshop().engine->verify(upload().file(), beside,
                                        validation_time_.value_or(workshop().clock->Now()));
    return OkStatus();
  }

  StatusOr<bool> Next(v1::VerifyResponse& response) override { return messages_.Next(response); }

  std::optional<absl::Time> validation_time_;
  verifier::FileReport report_;
  ReportMessages messages_{report_, request_id()};
};

}  // namespace

grpc::ServerBidiReactor<v1::VerifyRequest, v1::VerifyResponse>* StartVerify(
    grpc::CallbackServerContext* context, const Workshop& workshop) {
  return Base::Start(std::make_shared<VerifyCall>(context, workshop), {Role::kVerifier});
}

}  // namespace sceau::server
