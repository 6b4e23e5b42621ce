// Documents against schemas: what is said, where, and that nothing grows with the attachments.
#include <gtest/gtest.h>

#include <thread>

#include "base/strings.h"
#include "schemas/schema_errors.h"
#include "schemas/schema_validator.h"
#include "tests/schemas/documents.h"
#include "xml/parser.h"

namespace sceau::schemas {
namespace {

constexpr std::string_view kSchema = R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="root"><xs:complexType><xs:sequence>
    <xs:element name="a" maxOccurs="unbounded"><xs:complexType>
      <xs:attribute name="V" use="required"><xs:simpleType><xs:restriction base="xs:string">
        <xs:maxLength value="3"/><xs:pattern value="[a-z]*"/></xs:restriction></xs:simpleType>
      </xs:attribute>
      <xs:attribute name="n" type="xs:int"/>
      <xs:attribute name="e"><xs:simpleType><xs:restriction base="xs:string">
        <xs:enumeration value="x"/><xs:enumeration value="y"/></xs:restriction></xs:simpleType>
      </xs:attribute>
    </xs:complexType></xs:element>
    <xs:element name="b" type="xs:base64Binary" minOccurs="0" maxOccurs="unbounded"/>
    <xs:element name="c" minOccurs="0"><xs:complexType><xs:sequence>
      <xs:element name="d"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="m" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
      <xs:attribute name="V"><xs:simpleType><xs:restriction base="xs:decimal">
        <xs:minInclusive value="-5"/><xs:maxExclusive value="100"/><xs:fractionDigits value="2"/></xs:restriction>
      </xs:simpleType></xs:attribute>
      <xs:attribute name="k" type="xs:int"/>
    </xs:complexType></xs:element>
  </xs:sequence></xs:complexType>
  <xs:unique name="k"><xs:selector xpath="m"/><xs:field xpath="@k"/></xs:unique>
  </xs:element></xs:schema>)";

class SchemaValidation : public testing::Test {
 protected:
  SchemaValidation() {
    auto compiled = CompileSchemaText(kSchema);
    EXPECT_TRUE(compiled.ok()) << compiled.status();
    schema_ = std::make_shared<const CompiledSchema>(*std::move(compiled));
  }
  std::vector<Finding> Validate(std::string_view text) {
    SchemaValidator validator(schema_);
    const Status status = xml::ParseText(text, validator);
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(validator.valid(), validator.findings().empty());
    return validator.findings();
  }

  std::shared_ptr<const CompiledSchema> schema_;
};

TEST_F(SchemaValidation, P31_TheGatesStandBeforeIt) {
  SchemaValidator refused(schema_);
  EXPECT_EQ(
      ReasonOf(xml::ParseText("<!DOCTYPE root [<!ENTITY e 'x'>]><root><b>&e;</b></root>", refused)),
      Reason::kDoctypeRefused);
  EXPECT_TRUE(refused.findings().empty());  // it was given nothing
  std::string deep = "<root>";
  for (int i = 0; i < 100'000; ++i) deep += "<a V='a'>";
  SchemaValidator stopped(schema_);
  EXPECT_EQ(ReasonOf(xml::ParseText(deep, stopped)), Reason::kXmlLimitExceeded);
  EXPECT_LE(stopped.findings().size(), 512u);  // no more than the depth that the parser admits
}

TEST_F(SchemaValidation, AValidDocumentHasNoFindings) {
  EXPECT_TRUE(Validate("<root><a V='abc' n='1' e='x'/><b>QUJD</b><c><d/></c></root>").empty());
}

TEST_F(SchemaValidation, EachFaultIsSaidOnceWithItsRulePlaceAndValue) {
  const struct {
    std::string_view document, rule, element, value, detail;
  } rows[] = {
      {"<root>\n <a V='A'/></root>", "SCHEMA_VALUE_PATTERN", "/root/a/@V", "A", "[a-z]*"},
      {"<root>\n <a V='abcd'/></root>", "SCHEMA_VALUE_LENGTH", "/root/a/@V", "abcd", "3"},
      {"<root>\n <a V='a' n='1.5'/></root>", "SCHEMA_VALUE_TYPE", "/root/a/@n", "1.5", "xs:int"},
      {"<root>\n <a V='a' e='z'/></root>", "SCHEMA_VALUE_NOT_LISTED", "/root/a/@e", "z",
       "'x', 'y'"},
      {"<root>\n <a/></root>", "SCHEMA_ATTRIBUTE_MISSING", "/root/a", "", "V"},
      {"<root>\n <a V='a' w='1'/></root>", "SCHEMA_ATTRIBUTE_UNEXPECTED", "/root/a/@w", "1", ""},
      {"<root><a V='a'/>\n <x/></root>", "SCHEMA_ELEMENT_UNEXPECTED", "/root/x", "", "a, b, c, m"},
      {"<root><a V='a'/>\n <c/></root>", "SCHEMA_ELEMENT_MISSING", "/root/c", "", "d"},
      {"<root><a V='a'/>\n <b>Q</b></root>", "SCHEMA_VALUE_TYPE", "/root/b", "Q",
       "xs:base64Binary"},
      {"<root><a V='a'/>\n <c>word<d/></c></root>", "SCHEMA_TEXT_UNEXPECTED", "/root/c", "", ""},
      {"<!--\n--><other/>", "SCHEMA_ROOT_UNKNOWN", "/other", "", ""},
      {"<root><a V='a'/>\n <m V='100'/></root>", "SCHEMA_VALUE_RANGE", "/root/m/@V", "100", "100"},
      {"<root><a V='a'/>\n <m V='-6'/></root>", "SCHEMA_VALUE_RANGE", "/root/m/@V", "-6", "-5"},
      {"<root><a V='a'/>\n <m V='1.234'/></root>", "SCHEMA_VALUE_DIGITS", "/root/m/@V", "1.234",
       "2"},
      {"<root><a V='a'/><m k='1'/>\n <m k='1'/></root>", "SCHEMA_KEY", "/root/m[2]", "", ""},
  };
  for (const auto& row : rows) {
    const std::vector<Finding> said = Validate(row.document);
    ASSERT_EQ(said.size(), 1u) << row.document << (said.size() > 1 ? said[1].rule : "");
    EXPECT_EQ(said[0].rule, row.rule) << row.document;
    EXPECT_EQ(said[0].place.line, 2) << row.document;
    EXPECT_EQ(said[0].place.element, row.element) << row.document;
    EXPECT_EQ(said[0].value, row.value) << row.document;
    EXPECT_EQ(said[0].detail, row.detail) << row.document;
  }
}

TEST(SchemaFaults, ACodeOfALaterLibraryIsToldAsItIs) {
  const SchemaFault fault = FaultOf(1, "Element 'a', attribute 'V': no.\n");
  EXPECT_EQ(fault.rule, "SCHEMA_OTHER");
  EXPECT_EQ(fault.attribute, "V");
  EXPECT_EQ(fault.constraint, "Element 'a', attribute 'V': no");
}

TEST_F(SchemaValidation, APathCountsSiblingsOfOneName) {
  const auto said = Validate("<root><a V='a'/><a V='b'/><a V='C'/><b/><c><d/></c></root>");
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].place.element, "/root/a[3]/@V");
}

TEST_F(SchemaValidation, FiftyFaultsAreFiftyFindings) {
  std::string text = "<root>";
  for (int i = 0; i < 50; ++i) AppendTo(text, "\n<a V='", i, "'/>");
  const auto said = Validate(text + "</root>");
  ASSERT_EQ(said.size(), 50u);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(said[static_cast<size_t>(i)].place.line, i + 2);
    EXPECT_EQ(said[static_cast<size_t>(i)].value, std::to_string(i));
  }
}

TEST_F(SchemaValidation, AllAreCountedAndTheFirstThousandKept) {
  std::string text = "<root>";
  for (int i = 0; i < 1500; ++i) text += "<a V='A'/>";
  SchemaValidator validator(schema_);
  ASSERT_TRUE(xml::ParseText(text + "</root>", validator).ok());
  EXPECT_EQ(validator.errors(), 1500);
  EXPECT_EQ(validator.findings().size(), SchemaValidator::kMaxFindings);
}

TEST_F(SchemaValidation, AnAmpersandIsOneCharacterOfTheValue) {
  const auto said = Validate("<root><a V='&amp;#38;'/></root>");
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].rule, "SCHEMA_VALUE_LENGTH");  // "&#38;" has five characters
  EXPECT_EQ(said[0].value, "&#38;");
}

TEST_F(SchemaValidation, LongTextIsHeldBackAndMustBeBase64) {
  const std::string much(2 * SchemaValidator::kMaxText, 'Q');
  EXPECT_TRUE(Validate("<root><a V='a'/><b>" + much + "</b><b>QUJD</b></root>").empty());
  const auto said = Validate("<root><a V='a'/><b>" + much + "!</b></root>");
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].rule, "SCHEMA_TEXT_TOO_LONG");
}

TEST_F(SchemaValidation, NothingThatADocumentNamesIsOpened) {
  const test::TemporaryFolder folder;
  const std::string other =
      folder.Write("other.xsd",
                   "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:element "
                   "name='other'/></xs:schema>");
  const auto said =
      Validate(Concat("<other xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
                      "xsi:noNamespaceSchemaLocation='",
                      other, "'/>"));
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].rule, "SCHEMA_ROOT_UNKNOWN");
}

TEST_F(SchemaValidation, P27_TooManyDifferentNamesAreRefused) {
  std::string text = "<root>";
  for (size_t i = 0; i <= SchemaValidator::kMaxNames; ++i) AppendTo(text, "<n", i, "/>");
  SchemaValidator validator(schema_);
  EXPECT_EQ(ReasonOf(xml::ParseText(text + "</root>", validator)), Reason::kXmlLimitExceeded);
}

TEST_F(SchemaValidation, OneCompiledSchemaServesSeveralThreads) {
  std::vector<std::thread> threads;
  std::vector<size_t> counts(4);
  for (size_t t = 0; t < counts.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        SchemaValidator validator(schema_);
        if (!xml::ParseText("<root><a V='1'/><a V='abc'/><a V='2'/></root>", validator).ok())
          return;
        counts[t] += validator.findings().size();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t count : counts) EXPECT_EQ(count, 100u);
}

TEST(SchemaCatalogTest, ASetIsCompiledOnce) {
  const auto catalog = CatalogOf("");
  const SchemaSet& own = catalog->sets().back();
  const auto first = catalog->Compiled(own, own.roots[0]);
  const auto second = catalog->Compiled(own, own.roots[0]);
  ASSERT_TRUE(first.ok() && second.ok()) << first.status() << second.status();
  EXPECT_EQ(first->get(), second->get());
}

}  // namespace
}  // namespace sceau::schemas
