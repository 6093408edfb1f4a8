using CsCheck;
using Worker.Systems;
using Worker.Tests.Support;

namespace Worker.Tests.Systems;

public sealed class OwnershipMarkTests
{
    private static readonly Gen<OwnershipMark> Marks = Gen.Select(Gen.Guid, Gen.Guid, Gen.Int[1, 1000])
        .Select((installation, tenant, attempt) => new OwnershipMark(installation, tenant, attempt));

    [Fact]
    public void A_mark_round_trips_as_comment_and_as_tags() => Marks.Sample(mark =>
        OwnershipMark.FromComment(mark.ToComment()) == mark
        && OwnershipMark.FromTags(mark.Tags.ToDictionary()) == mark);

    [Fact]
    public void Only_the_same_installation_and_tenant_are_ours() => Gen.Select(Marks, Marks).Sample((mark, other) =>
        mark.GetOwnership(other) == Ownership.Foreign
        && mark.GetOwnership(other with { Installation = mark.Installation }) == Ownership.Foreign
        && mark.GetOwnership(other with { Tenant = mark.Tenant }) == Ownership.Foreign
        && mark.GetOwnership(mark) == Ownership.Ours);

    [Theory]
    [InlineData(1, Ownership.LowerAttempt)]
    [InlineData(2, Ownership.Ours)]
    [InlineData(3, Ownership.HigherAttempt)]
    public void The_attempt_decides_which_attempt_owns_the_object(int found, Ownership expected)
    {
        var mark = new OwnershipMark(ProvisioningFixture.Installation, Guid.AllBitsSet, 2);

        Assert.Equal(expected, mark.GetOwnership(mark with { Attempt = found }));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("standard public schema")]
    [InlineData("arc-saas installation=x tenant=y attempt=1")]
    [InlineData("arc-saas installation=8f14e45f-ceea-467f-a0e6-0d5f0a6f3c11")]
    public void A_comment_that_is_no_mark_is_foreign(string? comment) => Assert.Equal(
        Ownership.Foreign,
        new OwnershipMark(ProvisioningFixture.Installation, Guid.AllBitsSet, 1)
            .GetOwnership(OwnershipMark.FromComment(comment)));
}
