using System.Reflection;
using System.Runtime.CompilerServices;
using Hermes.Gateway.Core.Async;
using Hermes.Gateway.Core.Reconciliation;

namespace Hermes.Gateway.Core.Tests.Async;

/// <summary>An async method built by <see cref="PrecompiledTask"/> is as any other.</summary>
public sealed class PrecompiledTaskTests
{
    private const BindingFlags Everything =
        BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AsyncLocal<string> _local = new();


    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_result_comes_out(bool waits)
    {
        var task = AnswerAsync(waits);
        Assert.Equal(!waits, task.IsCompleted);
        _gate.SetResult();

        Assert.Equal(42, await task);
        await NothingAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exception_comes_out_and_tells_where_it_was_thrown(bool waits)
    {
        var task = FailAsync(waits);
        _gate.SetResult();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => task);

        Assert.True(task.IsFaulted);
        Assert.Contains(nameof(FailAsync), error.StackTrace, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancellation_comes_out_with_its_token(bool waits)
    {
        using var cancellation = new CancellationTokenSource();
        var task = CancelAsync(waits, cancellation.Token);
        await cancellation.CancelAsync();
        _gate.SetResult();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);

        Assert.True(task.IsCanceled);
        Assert.Equal(cancellation.Token, error.CancellationToken);
    }

    [Fact]
    public async Task Every_wait_goes_on_with_the_state_and_in_the_context_of_before()
    {
        _local.Value = "caller's";
        var task = CountAsync(10_000);
        Assert.Equal("caller's", _local.Value);
        _gate.SetResult();

        Assert.Equal(10_000, await task);
        Assert.Equal("caller's", _local.Value);
    }

    [Fact]
    public async Task Many_at_once_do_not_meet()
    {
        var tasks = Enumerable.Range(1, 100).Select(CountAsync).ToList();
        _gate.SetResult();

        Assert.Equal(Enumerable.Range(1, 100), await Task.WhenAll(tasks));
    }

    [Fact]
    public void No_async_method_of_the_library_has_the_JIT_build_it()
    {
        var all = typeof(Reconciler).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(Everything))
            .Where(method => !method.Name.Contains('<', StringComparison.Ordinal))
            .Select(method => (Method: method, Machine: method.GetCustomAttribute<AsyncStateMachineAttribute>()?.StateMachineType))
            .Where(one => one.Machine is not null)
            .ToList();

        Assert.NotEmpty(all);
        Assert.Empty(all.Where(one => BuilderOf(one.Machine!).Namespace != typeof(PrecompiledTask).Namespace)
            .Select(one => $"{one.Method.DeclaringType}.{one.Method.Name}"));
    }

    private static Type BuilderOf(Type machine) =>
        machine.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Single(field => field.Name.EndsWith("__builder", StringComparison.Ordinal)).FieldType;

    [AsyncMethodBuilder(typeof(PrecompiledTask<>))]
    private async Task<int> AnswerAsync(bool waits)
    {
        if (waits) await _gate.Task;
        return 42;
    }

    [AsyncMethodBuilder(typeof(PrecompiledTask))]
    private static async Task NothingAsync() => await Task.Yield();

    [AsyncMethodBuilder(typeof(PrecompiledTask<>))]
    private async Task<int> FailAsync(bool waits)
    {
        if (waits) await _gate.Task;
        throw new InvalidOperationException("wrong");
    }

    [AsyncMethodBuilder(typeof(PrecompiledTask))]
    private async Task CancelAsync(bool waits, CancellationToken cancellationToken)
    {
        if (waits) await _gate.Task;
        else throw new OperationCanceledException(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
    }

    [AsyncMethodBuilder(typeof(PrecompiledTask<>))]
    private async Task<int> CountAsync(int to)
    {
        var mine = $"{to}";
        _local.Value = mine;
        await _gate.Task;
        var count = 0;
        while (count < to)
        {
            await Task.Yield();
            Assert.Equal(mine, _local.Value);
            count++;
        }

        return count;
    }
}
