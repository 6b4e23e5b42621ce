// Whose a record of the register of competences is, and that nobody comes in by what he adds.
#include "server/delegation_rights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sceau::server {
namespace {

using policy::Record;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kOwn = "111111111";  // SIREN
constexpr const char* kOther = "222222222";

class DelegationRights : public testing::Test {
 protected:
  static Record Of(std::string id, policy::Body body) {
    return {std::move(id), absl::InfinitePast(), absl::InfiniteFuture(), absl::UnixEpoch(),
            std::move(body)};
  }
  static policy::Budget Budget(const std::string& collectivite, const std::string& siren) {
    return {collectivite, siren + "00011", "", "1", "1"};
  }
  // Two towns; the mayor of each holds an office there, and Anne none.
  static std::vector<Record> World() {
    std::vector<Record> records = {Of("anne", policy::Person{"Anne"})};
    for (const auto& [town, siren] : {std::pair("own", kOwn), std::pair("other", kOther)}) {
      const std::string id = town;
      records.push_back(Of(id, policy::Collectivite{.name = id, .time_zone = "Europe/Paris"}));
      records.push_back(Of(id + "-budget", Budget(id, siren)));
      records.push_back(Of(id + "-office", policy::Office{id, "maire", "par délégation", true}));
      records.push_back(Of(id + "-mayor", policy::Person{id}));
      records.push_back(Of(id + "-mandate", policy::Mandate{id + "-office", id + "-mayor"}));
    }
    return records;
  }
  static std::shared_ptr<const policy::Register> With(const std::vector<Record>& more) {
    std::vector<Record> records = World();
    records.insert(records.end(), more.begin(), more.end());
    return *policy::Register::Make(std::move(records));
  }
  static Caller Manager(std::vector<std::string> collectivites,
                        std::vector<std::string> closed = {}) {
    return {.name = "manager",
            .roles = {Role::kDelegationManager},
            .keys = {},
            .collectivites = std::move(collectivites),
            .closed = std::move(closed)};
  }
  static bool May(const Caller& caller, const Record& record) {
    return MayChange(caller, *With({}), *With({record}), record).ok();
  }
  static Record Mandate(const std::string& town) {
    return Of("new", policy::Mandate{town + "-office", "anne"});
  }
};

TEST_F(DelegationRights, ARecordIsOfEveryCollectiviteThatItTouches) {
  const auto facts = With({Of("both", policy::Mandate{"other-office", "own-mayor"}),
                           Of("end", policy::Revocation{"own-mandate", ""})});
  EXPECT_THAT(CollectivitesOf(*facts, *facts->Find("own-mayor")), ElementsAre("own", "other"));
  EXPECT_THAT(CollectivitesOf(*facts, *facts->Find("own-budget")), ElementsAre("own"));
  EXPECT_THAT(CollectivitesOf(*facts, *facts->Find("end")), ElementsAre("own"));
  EXPECT_THAT(CollectivitesOf(*facts, *facts->Find("anne")), IsEmpty());
}

TEST_F(DelegationRights, AManagerChangesHisOwnByIdOrBySiren) {
  for (const char* name : {"own", kOwn, "*"}) EXPECT_TRUE(May(Manager({name}), Mandate("own")));
  for (const char* name : {"other", kOther}) EXPECT_FALSE(May(Manager({name}), Mandate("own")));
  Caller auditor = Manager({"own"});
  auditor.roles = {Role::kAuditor};
  EXPECT_FALSE(May(auditor, Mandate("own")));
  EXPECT_TRUE(MaySee(auditor, *With({}), *With({})->Find("own-mandate")));
  EXPECT_FALSE(MaySee(auditor, *With({}), *With({})->Find("other-mandate")));
}

// Whom the manager of a collectivité keeps out does not come in by its other name.
TEST_F(DelegationRights, WhoIsKeptOutIsOutByEveryName) {
  EXPECT_FALSE(May(Manager({"own"}, {kOwn}), Mandate("own")));
  EXPECT_FALSE(May(Manager({kOwn}, {"own"}), Mandate("own")));
  EXPECT_FALSE(May(Manager({"*"}, {kOwn}), Mandate("own")));
  EXPECT_TRUE(May(Manager({"*"}, {kOwn}), Mandate("other")));
}

TEST_F(DelegationRights, NobodyComesInByWhatHeAdds) {
  // A budget of one's own SIREN in another's collectivité, and one of another's SIREN in one's own.
  EXPECT_FALSE(May(Manager({kOwn}), Of("new", Budget("other", kOwn))));
  EXPECT_FALSE(May(Manager({"own", kOwn}), Of("new", Budget("own", kOther))));
  // A certificate for another's mayor.
  EXPECT_FALSE(May(Manager({kOwn}), Of("new", policy::CertificateBinding{"other-mayor"})));
  EXPECT_TRUE(May(Manager({kOwn}), Of("new", policy::CertificateBinding{"own-mayor"})));
}

}  // namespace
}  // namespace sceau::server
