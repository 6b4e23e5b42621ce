#include "tests/support/soft_token.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <p11-kit/p11-kit.h>
#include <stdlib.h>

#include <cstring>
#include <deque>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/require.h"

namespace sceau::test {
namespace {

using namespace std::string_view_literals;
using ParamBuilderHandle = CHandle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using ParamsHandle = CHandle<OSSL_PARAM, OSSL_PARAM_free>;

constexpr std::string_view kSecurityOfficerPin = "87654321";

struct Kind {
  KeyKind kind;
  CK_MECHANISM_TYPE generate;
  CK_KEY_TYPE type;
  const char* group;            // OpenSSL's name
  std::string_view parameters;  // CKA_EC_PARAMS: the curve's OID in DER
};

constexpr Kind kKinds[] = {
    {KeyKind::kRsa2048, CKM_RSA_PKCS_KEY_PAIR_GEN, CKK_RSA, nullptr, {}},
    {KeyKind::kP256, CKM_EC_KEY_PAIR_GEN, CKK_EC, "P-256",
     "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"sv},
    {KeyKind::kP384, CKM_EC_KEY_PAIR_GEN, CKK_EC, "P-384", "\x06\x05\x2b\x81\x04\x00\x22"sv},
    {KeyKind::kP521, CKM_EC_KEY_PAIR_GEN, CKK_EC, "P-521", "\x06\x05\x2b\x81\x04\x00\x23"sv},
    {KeyKind::kEd25519, CKM_EC_EDWARDS_KEY_PAIR_GEN, CKK_EC_EDWARDS, "ED25519",
     "\x06\x03\x2b\x65\x70"sv},
};

const Kind& Find(KeyKind kind) {
  for (const Kind& row : kKinds) {
    if (row.kind == kind) return row;
  }
  std::abort();
}

void Check(CK_RV rv, const char* call) {
  Require(rv == CKR_OK, std::string(call) + ": " + p11_kit_strerror(rv));
}

CK_BYTE_PTR Bytes(std::string_view bytes) {
  return reinterpret_cast<CK_BYTE_PTR>(const_cast<char*>(bytes.data()));
}

// SoftHSM2, initialised for as long as this lives.
class Library {
 public:
  Library() : p11_(p11_kit_module_load(SCEAU_SOFTHSM2, 0)) {
    Require(p11_ != nullptr, SCEAU_SOFTHSM2);
    Check(p11_kit_module_initialize(p11_), "C_Initialize");
  }
  ~Library() {
    p11_kit_module_finalize(p11_);
    p11_kit_module_release(p11_);
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  CK_FUNCTION_LIST_PTR operator->() const { return p11_; }

  // The slot of the token with this label, or of the first token without any when it is empty.
  CK_SLOT_ID SlotOf(const std::string& label) const {
    CK_ULONG count = 0;
    Check(p11_->C_GetSlotList(CK_TRUE, nullptr, &count), "C_GetSlotList");
    std::vector<CK_SLOT_ID> slots(count);
    Check(p11_->C_GetSlotList(CK_TRUE, slots.data(), &count), "C_GetSlotList");
    for (const CK_SLOT_ID slot : slots) {
      CK_TOKEN_INFO info{};
      Check(p11_->C_GetTokenInfo(slot, &info), "C_GetTokenInfo");
      const bool initialized = (info.flags & CKF_TOKEN_INITIALIZED) != 0;
      const std::string_view text(reinterpret_cast<const char*>(info.label),
                                  p11_kit_space_strlen(info.label, sizeof info.label));
      if (label.empty() ? !initialized : initialized && text == label) return slot;
    }
    Require(false, "no token " + label);
    return 0;
  }

 private:
  CK_FUNCTION_LIST_PTR p11_;
};

// A read-write session with the user logged in. It does not log out: SoftHSM2 does when the last
// session of the process is closed.
class UserSession {
 public:
  UserSession(const std::string& token, const std::string& pin) {
    const CK_SLOT_ID slot = library_.SlotOf(token);
    Check(library_->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr,
                                  &handle_),
          "C_OpenSession");
    const CK_RV rv = library_->C_Login(handle_, CKU_USER, Bytes(pin), pin.size());
    if (rv != CKR_USER_ALREADY_LOGGED_IN) Check(rv, "C_Login");
  }
  ~UserSession() { library_->C_CloseSession(handle_); }
  UserSession(const UserSession&) = delete;
  UserSession& operator=(const UserSession&) = delete;
  CK_FUNCTION_LIST_PTR operator->() const { return library_.operator->(); }
  CK_SESSION_HANDLE handle() const { return handle_; }

 private:
  Library library_;
  CK_SESSION_HANDLE handle_ = CK_INVALID_HANDLE;
};

// A template that owns its values.
class Template {
 public:
  Template() = default;
  Template(Template&&) = default;  // a copy would point into the original
  Template& Add(CK_ATTRIBUTE_TYPE type, std::string_view value) {
    const std::string& kept = values_.emplace_back(value);
    attributes_.push_back({type, Bytes(kept), kept.size()});
    return *this;
  }
  Template& Number(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
    return Add(type, {reinterpret_cast<const char*>(&value), sizeof value});
  }
  Template& Flag(CK_ATTRIBUTE_TYPE type, bool value) {
    return Add(type, {value ? "\1" : "\0", sizeof(CK_BBOOL)});
  }
  CK_ATTRIBUTE_PTR data() { return attributes_.data(); }
  CK_ULONG size() const { return attributes_.size(); }

 private:
  std::deque<std::string> values_;  // their places do not change
  std::vector<CK_ATTRIBUTE> attributes_;
};

Template PrivateTemplate(const KeyOptions& options) {
  Template out;
  out.Flag(CKA_TOKEN, true)
      .Flag(CKA_PRIVATE, true)
      .Flag(CKA_SENSITIVE, true)
      .Flag(CKA_EXTRACTABLE, false)
      .Flag(CKA_SIGN, options.may_sign)
      .Flag(CKA_ALWAYS_AUTHENTICATE, options.always_authenticate)
      .Add(CKA_ID, options.id)
      .Add(CKA_LABEL, options.label);
  return out;
}

Template PublicTemplate(const KeyOptions& options) {
  Template out;
  out.Flag(CKA_TOKEN, options.keep_public_key)
      .Flag(CKA_PRIVATE, false)
      .Flag(CKA_VERIFY, true)
      .Add(CKA_ID, options.id)
      .Add(CKA_LABEL, options.label);
  return out;
}

CK_OBJECT_HANDLE Create(const UserSession& session, Template& object) {
  CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
  Check(session->C_CreateObject(session.handle(), object.data(), object.size(), &handle),
        "C_CreateObject");
  return handle;
}

std::string Value(const UserSession& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
  std::string value(4096, '\0');
  CK_ATTRIBUTE attribute{type, value.data(), value.size()};
  Check(session->C_GetAttributeValue(session.handle(), object, &attribute, 1),
        "C_GetAttributeValue");
  value.resize(attribute.ulValueLen);
  return value;
}

EvpPkeyHandle Build(const char* algorithm, OSSL_PARAM_BLD* builder) {
  const ParamsHandle params(OSSL_PARAM_BLD_to_param(builder));
  const EvpPkeyCtxHandle context(EVP_PKEY_CTX_new_from_name(nullptr, algorithm, nullptr));
  EVP_PKEY* key = nullptr;
  Require(EVP_PKEY_fromdata_init(context.get()) == 1 &&
              EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) == 1,
          algorithm);
  return EvpPkeyHandle(key);
}

EvpPkeyHandle RsaPublicKey(const std::string& modulus, const std::string& exponent) {
  const auto number = [](const std::string& bytes) {
    return BignumHandle(BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
  };
  const BignumHandle n = number(modulus);
  const BignumHandle e = number(exponent);
  const ParamBuilderHandle builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return Build("RSA", builder.get());
}

// `point` is the DER of an OCTET STRING, as CKA_EC_POINT holds it.
EvpPkeyHandle EcPublicKey(const Kind& kind, const std::string& point) {
  const unsigned char* bytes = Bytes(point);
  const CHandle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free> octets(
      d2i_ASN1_OCTET_STRING(nullptr, &bytes, static_cast<long>(point.size())));
  Require(octets != nullptr, "CKA_EC_POINT");
  const auto* data = ASN1_STRING_get0_data(octets.get());
  const auto size = static_cast<size_t>(ASN1_STRING_length(octets.get()));
  if (kind.kind == KeyKind::kEd25519) {
    return EvpPkeyHandle(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, data, size));
  }
  const ParamBuilderHandle builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, kind.group, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, data, size);
  return Build("EC", builder.get());
}

std::string NumberIn(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  Require(EVP_PKEY_get_bn_param(key, name, &number) == 1, name);
  const BignumHandle owned(number);
  std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, Bytes(bytes));
  return bytes;
}

void AddRsaNumbers(EVP_PKEY* key, Template& object) {
  struct Row {
    CK_ATTRIBUTE_TYPE attribute;
    const char* name;
  };
  for (const auto& [attribute, name] : {
           Row{CKA_MODULUS, OSSL_PKEY_PARAM_RSA_N},
           Row{CKA_PUBLIC_EXPONENT, OSSL_PKEY_PARAM_RSA_E},
           Row{CKA_PRIVATE_EXPONENT, OSSL_PKEY_PARAM_RSA_D},
           Row{CKA_PRIME_1, OSSL_PKEY_PARAM_RSA_FACTOR1},
           Row{CKA_PRIME_2, OSSL_PKEY_PARAM_RSA_FACTOR2},
           Row{CKA_EXPONENT_1, OSSL_PKEY_PARAM_RSA_EXPONENT1},
           Row{CKA_EXPONENT_2, OSSL_PKEY_PARAM_RSA_EXPONENT2},
           Row{CKA_COEFFICIENT, OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
       }) {
    object.Add(attribute, NumberIn(key, name));
  }
}

const Kind& KindOf(EVP_PKEY* key) {
  char group[64] = "";
  size_t size = 0;
  EVP_PKEY_get_group_name(key, group, sizeof group, &size);
  const bool rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
  const std::pair<std::string_view, KeyKind> names[] = {
      {"prime256v1", KeyKind::kP256}, {"secp384r1", KeyKind::kP384}, {"secp521r1", KeyKind::kP521}};
  for (const auto& [name, kind] : names) {
    if (!rsa && name == group) return Find(kind);
  }
  Require(rsa, "only RSA and EC keys of a NIST curve can be imported");
  return Find(KeyKind::kRsa2048);
}

Template CertificateTemplate(const std::string& der) {
  const unsigned char* bytes = Bytes(der);
  const X509Handle certificate(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
  Require(certificate != nullptr, "certificate");
  Template object;
  object.Number(CKA_CLASS, CKO_CERTIFICATE)
      .Number(CKA_CERTIFICATE_TYPE, CKC_X_509)
      .Flag(CKA_TOKEN, true)
      .Flag(CKA_PRIVATE, false)
      .Add(CKA_SUBJECT, DerWith(X509_get_subject_name(certificate.get()), i2d_X509_NAME))
      .Add(CKA_ISSUER, DerWith(X509_get_issuer_name(certificate.get()), i2d_X509_NAME))
      .Add(CKA_VALUE, der);
  return object;
}

}  // namespace

SoftTokens::SoftTokens() {
  const char* before = ::getenv("SOFTHSM2_CONF");
  if (before != nullptr) before_ = before;
  std::filesystem::create_directory(folder_.path() + "/tokens");
  const std::string configuration =
      folder_.Write("softhsm2.conf", "directories.tokendir = " + folder_.path() +
                                         "/tokens\n"
                                         "objectstore.backend = file\n"
                                         "log.level = ERROR\n");
  ::setenv("SOFTHSM2_CONF", configuration.c_str(), 1);
}

SoftTokens::~SoftTokens() {
  if (before_.empty()) {
    ::unsetenv("SOFTHSM2_CONF");
  } else {
    ::setenv("SOFTHSM2_CONF", before_.c_str(), 1);
  }
}

void SoftTokens::AddToken(const std::string& label, const std::string& pin) {
  const Library library;
  std::string padded = label;
  padded.resize(32, ' ');
  const std::string_view officer = kSecurityOfficerPin;
  Check(library->C_InitToken(library.SlotOf(""), Bytes(officer), officer.size(), Bytes(padded)),
        "C_InitToken");
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  Check(library->C_OpenSession(library.SlotOf(label), CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr,
                               nullptr, &session),
        "C_OpenSession");
  Check(library->C_Login(session, CKU_SO, Bytes(officer), officer.size()), "C_Login");
  Check(library->C_InitPIN(session, Bytes(pin), pin.size()), "C_InitPIN");
  Check(library->C_Logout(session), "C_Logout");
  Check(library->C_CloseSession(session), "C_CloseSession");
  pins_.emplace_back(label, pin);
  folder_.Write(label + ".pin", pin + "\n");
}

const std::string& SoftTokens::PinOf(const std::string& token) const {
  for (const auto& [label, pin] : pins_) {
    if (label == token) return pin;
  }
  Require(false, "no token " + token);
  std::abort();
}

void SoftTokens::Keep() const {
  std::filesystem::copy(folder_.path() + "/tokens", folder_.path() + "/kept",
                        std::filesystem::copy_options::recursive);
}

void SoftTokens::Mend() const {
  for (const auto& token : std::filesystem::directory_iterator(folder_.path() + "/kept")) {
    const std::string file =
        folder_.path() + "/tokens/" + token.path().filename().string() + "/token.object";
    if (std::filesystem::file_size(file) > 0) continue;
    std::filesystem::copy_file(token.path() / "token.object", file,
                               std::filesystem::copy_options::overwrite_existing);
  }
}

std::string SoftTokens::PinFile(const std::string& token) const {
  return folder_.path() + "/" + token + ".pin";
}

EvpPkeyHandle SoftTokens::GenerateKey(const std::string& token, const KeyOptions& options) {
  const UserSession session(token, PinOf(token));
  const Kind& kind = Find(options.kind);
  Template public_part = PublicTemplate(options);
  if (kind.type == CKK_RSA) {
    public_part.Number(CKA_MODULUS_BITS, 2048).Add(CKA_PUBLIC_EXPONENT, "\x01\x00\x01"sv);
  } else {
    public_part.Add(CKA_EC_PARAMS, kind.parameters);
  }
  Template private_part = PrivateTemplate(options);
  CK_MECHANISM mechanism{kind.generate, nullptr, 0};
  CK_OBJECT_HANDLE public_key = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE private_key = CK_INVALID_HANDLE;
  Check(session->C_GenerateKeyPair(session.handle(), &mechanism, public_part.data(),
                                   public_part.size(), private_part.data(), private_part.size(),
                                   &public_key, &private_key),
        "C_GenerateKeyPair");
  if (kind.type == CKK_RSA) {
    return RsaPublicKey(Value(session, public_key, CKA_MODULUS),
                        Value(session, public_key, CKA_PUBLIC_EXPONENT));
  }
  return EcPublicKey(kind, Value(session, public_key, CKA_EC_POINT));
}

void SoftTokens::ImportKey(const std::string& token, EVP_PKEY* key, const KeyOptions& options) {
  const UserSession session(token, PinOf(token));
  const Kind& kind = KindOf(key);
  Template object = PrivateTemplate(options);
  object.Number(CKA_CLASS, CKO_PRIVATE_KEY).Number(CKA_KEY_TYPE, kind.type);
  if (kind.type == CKK_RSA) {
    AddRsaNumbers(key, object);
  } else {
    object.Add(CKA_EC_PARAMS, kind.parameters)
        .Add(CKA_VALUE, NumberIn(key, OSSL_PKEY_PARAM_PRIV_KEY));
  }
  Create(session, object);
}

void SoftTokens::ImportCertificate(const std::string& token, const std::string& der,
                                   const std::string& id, const std::string& label) {
  const UserSession session(token, PinOf(token));
  Template object = CertificateTemplate(der);
  Create(session, object.Add(CKA_ID, id).Add(CKA_LABEL, label));
}

std::string SoftTokens::AddSigner(const std::string& token, const TestPki& pki,
                                  const KeyOptions& options, const LeafOptions& leaf) {
  const EvpPkeyHandle key = GenerateKey(token, options);
  std::string certificate = pki.Issue(key.get(), leaf);
  ImportCertificate(token, certificate, options.id, options.label);
  ImportCertificate(token, pki.issuing(), "", "issuing");
  return certificate;
}

void SoftTokens::FillWithCertificates(const std::string& token, const std::string& der, int count) {
  const UserSession session(token, PinOf(token));
  for (int i = 0; i < count; ++i) {
    Template object = CertificateTemplate(der);
    Create(session, object.Add(CKA_LABEL, "certificate " + std::to_string(i)));
  }
}

std::string SoftTokens::ModulePath() { return SCEAU_SOFTHSM2; }

}  // namespace sceau::test
