/* Every kernel that an entry function starts, by file of the build: CHG_..._KERNELS(K) is K(type) for each of them. */
#ifndef CHG_LAUNCHED_H
#define CHG_LAUNCHED_H

#include "count.inc"
#include "fft.inc"
#include "fraction.inc"
#include "hash.inc"
#include "inference.inc"
#include "panel.inc"
#include "product.inc"
#include "rows.inc"
#include "statement.inc"
#include "sums.inc"
#include "tree.inc"

#define CHG_ARRAY_KERNELS(K) \
  K(Map<AddBase>)            \
  K(Map<SubBase>)            \
  K(Map<MulBase>)            \
  K(Map<MulAddBase>)         \
  K(Map<EmbedInts>)          \
  K(Map<GatherInts>)         \
  K(Map<ExtFromBase>)        \
  K(Map<AddExt>)             \
  K(Map<SubExt>)             \
  K(Map<MulExt>)             \
  K(Map<MulExtByBase>)       \
  K(Map<ScaleExt>)           \
  K(Map<AddScaledExt>)       \
  K(Map<AddScaled<Elements>>) \
  K(Map<AddScaled<Ints>>)    \
  K(Map<FillExt>)            \
  K(Map<ConstantMinusBase>)  \
  K(Map<FoldExt>)            \
  K(Map<FoldBase>)           \
  K(Map<CombineRows<Elements>>) \
  K(Map<CombineRows<Ints>>)  \
  K(Map<EqTable>)            \
  K(Map<AddFractions>)       \
  K(Map<AddUnitFractions>)   \
  K(Map<LeafPair>)           \
  K(Map<LeafQuad>)           \
  K(Map<ExtendGrid>)         \
  K(GridSums<GridProduct>)   \
  K(GridSums<GridCross>)     \
  K(GridSums<GridCorners>)

#define CHG_SUM_KERNELS(K)   \
  K(Sum<SumExt>)             \
  K(Sum<DotExt>)             \
  K(Sum<Dot<Elements>>)      \
  K(Sum<Dot<Ints>>)          \
  K(Sum<RoundProduct>)       \
  K(Sum<RoundEqProduct>)     \
  K(Sum<RoundFractions>)     \
  K(Sum<RoundMerged>)        \
  K(Sum<RoundEqTriple>)      \
  K(Sum<FoldRoundProduct>)   \
  K(Sum<FoldRoundEqProduct>) \
  K(Sum<FoldRoundMerged>)

#define CHG_CODE_KERNELS(K)  \
  K(Map<Twiddles>)           \
  K(FftPass<false>)          \
  K(FftPass<true>)           \
  K(Map<SumCopies>)          \
  K(HashColumns)             \
  K(Map<HashPairs>)          \
  K(Map<InitColumns>)        \
  K(Map<AbsorbColumns>)      \
  K(Map<MergeColumns>)       \
  K(Map<StoreColumns>)       \
  K(Map<LoadColumns>)        \
  K(LeastNonce)

#define CHG_INTEGER_KERNELS(K)        \
  K(Matmul)                           \
  K(Matvec)                           \
  K(Map<ShiftRound>)                  \
  K(Map<Histogram>)                   \
  K(Largest<MaxInt>)                  \
  K(Map<PanelCopy<i32, i32>>)         \
  K(Map<PanelCopy<i32, int16_t>>)     \
  K(Largest<PanelNarrow>)             \
  K(Map<PanelAdd>)                    \
  K(Map<PanelSubtractFrom>)           \
  K(PanelLanes<LaneMax>)              \
  K(PanelLanes<LaneSum>)              \
  K(PanelLanes<LaneMagnitude>)        \
  K(PanelLanes<LaneNeighbourProducts>) \
  K(PanelLanes<LaneFirstOutside>)     \
  K(PanelLanes<LaneExponentials>)     \
  K(Map<PanelMantissas>)              \
  K(Map<PanelScaleRound>)             \
  K(Largest<PanelLookup>)             \
  K(Map<PanelNeighbours>)             \
  K(Total<PanelNeighbourSums>)

#define CHG_COUNT_KERNELS(K) \
  K(CountLookups)

#define CHG_INFERENCE_KERNELS(K) \
  K(Map<PanelLoad>)              \
  K(Map<PanelStore>)             \
  K(Product<int8_t>)             \
  K(Product<int16_t>)            \
  K(Product<i32>)                \
  K(Map<PanelMultiply>)          \
  K(Map<PanelRotate>)            \
  K(Map<PanelTable>)             \
  K(Map<PanelMask>)              \
  K(Map<PanelCopyAbove>)         \
  K(PanelLanes<LaneFirstOutsideBelow>) \
  K(PanelOffsets)

#define CHG_ROW_KERNELS(K) \
  K(PlacePieces)           \
  K(FoldRows)              \
  K(HeadSums)              \
  K(Map<ReduceSums>)       \
  K(ClaimWeights)

#define CHG_TREE_KERNELS(K)             \
  K(Map<TreeLeaves>)                    \
  K(Map<TreeParents<ProgramLeaves>>)    \
  K(Map<TreeParents<StoredNodes>>)      \
  K(Map<EqLevels>)                      \
  K(Sum<TreeRound<ProgramLeaves>>)      \
  K(Sum<TreeRound<StoredNodes>>)        \
  K(Sum<TreeFoldRound<ProgramLeaves>>)  \
  K(Sum<TreeFoldRound<StoredNodes>>)    \
  K(Map<TreeValues>)
#define CHG_STATEMENT_KERNELS(K) \
  K(SumRound)                    \
  K(BindFactors)                 \
  K(Map<FactorValues>)           \
  K(BindColumn)                  \
  K(Map<SumColumnParts>)         \
  K(Map<SpreadTable>)            \
  K(Map<ScatterExt>)

#endif
