#include "base/status.h"

#include <gtest/gtest.h>

#include <set>

namespace sceau {
namespace {

TEST(Reasons, EachHasItsOwnRowNameAndSentences) {
  std::set<std::string_view> names;
  for (const ReasonInfo& info : AllReasons()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_EQ(&InfoOf(info.reason), &info) << info.name;
    EXPECT_EQ(FindReason(info.name), &info);
    EXPECT_NE(info.code, absl::StatusCode::kOk);
    EXPECT_GE(info.exit_code, 64) << info.name;
    for (const Text& text : {info.what, info.remedy}) {
      EXPECT_FALSE(text.fr.empty());
      EXPECT_FALSE(text.en.empty());
    }
  }
  EXPECT_EQ(AllReasons().size(), static_cast<size_t>(Reason::kAuditInvalid) + 1);
  EXPECT_EQ(FindReason("NO_SUCH_REASON"), nullptr);
}

TEST(Status, CarriesReasonPlaceAndDetail) {
  const Status status = Error(Reason::kDoctypeRefused, "x", {3, 7, "a/b"});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), Reason::kDoctypeRefused);
  EXPECT_EQ(PlaceOf(status).line, 3);
  EXPECT_EQ(PlaceOf(status).column, 7);
  EXPECT_EQ(PlaceOf(status).element, "a/b");
  EXPECT_EQ(ExitCodeOf(status), 65);
  EXPECT_EQ(Describe(status, Lang::kEn),
            "The document has a DOCTYPE declaration, refused for security. [x] Line 3, column 7. "
            "Element a/b.");
}

TEST(Status, OfAnotherMakerIsInternal) {
  EXPECT_EQ(ReasonOf(absl::NotFoundError("x")), Reason::kInternal);
  EXPECT_EQ(ReasonOf(OkStatus()), std::nullopt);
  EXPECT_EQ(ExitCodeOf(OkStatus()), 0);
}

Status Forward(const Status& status) {
  SCEAU_RETURN_IF_ERROR(status);
  return Error(Reason::kInternal, "passed");
}
StatusOr<int> Twice(StatusOr<int> value) {
  SCEAU_ASSIGN_OR_RETURN(const int number, std::move(value));
  return 2 * number;
}

TEST(Status, MacrosReturnEarlyOnErrorsOnly) {
  EXPECT_EQ(ReasonOf(Forward(Error(Reason::kCancelled))), Reason::kCancelled);
  EXPECT_EQ(DetailOf(Forward(OkStatus())), "passed");
  EXPECT_EQ(*Twice(21), 42);
  EXPECT_EQ(ReasonOf(Twice(Error(Reason::kCancelled)).status()), Reason::kCancelled);
}

}  // namespace
}  // namespace sceau
